"""Entry point of `duikou`: finds the command, runs it, turns errors into sentences.

A command module offers `add_arguments(parser)` and `run(arguments) -> exit code`; a
group has several of them. Nothing of Django is imported before a command asks for it,
so that `duikou --help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from duikou.cli.output import CliError, fail

USAGE_ERROR = 2
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Command:
    """A command: where its code is, what it does in both languages, an example."""

    module: str
    zh: str
    en: str
    example: str


COMMANDS: Mapping[str, Command] = {
    "serve": Command(
        "serve", "启动网站与后台任务", "Run the site and its background worker", "duikou serve --port 8000"
    ),
    "worker": Command("worker", "只运行后台任务进程", "Run one background worker", "duikou worker"),
    "tiles": Command(
        "tiles",
        "启动切片浏览服务（独立进程）",
        "Serve the tiles of slides (a process of its own)",
        "duikou tiles --port 8044",
    ),
    "live": Command(
        "live",
        "启动直播画面处理（独立进程）",
        "Make the live pictures of broadcasts (a process of its own)",
        "duikou live",
    ),
    "setup": Command(
        "setup",
        "准备数据库、真实数据、管理员与静态文件",
        "Prepare database, real data, administrator, static files",
        "duikou setup",
    ),
    "import annex": Command(
        "import_annex",
        "导入结对关系表（附件）",
        "Import a table of pairings",
        "duikou import annex 附件2.xlsx --round zhejiang-2014 --dry-run",
    ),
    "pairing audit": Command(
        "pairing_audit",
        "按政策包核查一轮结对（给出文件时不需要数据库）",
        "Audit a round by its policy pack (with a file: without database)",
        "duikou pairing audit --json",
    ),
    "pairing optimise": Command(
        "pairing_optimise",
        "求最优结对方案并逐对说明（给出文件时不需要数据库）",
        "Propose the best round, proved and explained (with a file: without database)",
        "duikou pairing optimise --lock 浙江医院:安吉县人民医院 --out PLAN.json",
    ),
    "agreement check": Command(
        "agreement_check",
        "核对协议是否比范本少（不需要数据库）",
        "Check an agreement against its template (without database)",
        "duikou agreement check AGREEMENT.docx --supporter 浙江医院 --recipient 安吉县人民医院",
    ),
    "casemix check": Command(
        "casemix_check",
        "核查住院病案首页文件（不需要数据库）",
        "Check a file of front pages (without database)",
        "duikou casemix check PAGES.csv --hospital 470000001 --month 2024-03 --workbook FAULTS.xlsx",
    ),
    "casemix indicators": Command(
        "casemix_indicators",
        "由病案首页计算指标（不需要数据库）",
        "Compute indicators of front pages (without database)",
        "duikou casemix indicators PAGES.csv --scheme DIR --indicator cmi --out INDICATORS.xlsx",
    ),
    "casemix group": Command(
        "casemix_group",
        "把病案首页文件按分组方案分组",
        "Group a file of front pages by a scheme",
        "duikou casemix group PAGES.csv --scheme chs-drg-1.1 --out GROUPS.csv",
    ),
    "casemix explain": Command(
        "casemix_explain",
        "说明一份病案为何分入此组",
        "Explain why one record went into its group",
        "duikou casemix explain PAGES.csv 470000001|0012345|1 --scheme starter",
    ),
    "casemix sums export": Command(
        "casemix_sums_export",
        "导出本省汇总（签名文件），上报代替病例",
        "Write the signed sums of a period, sent up instead of stays",
        "duikou casemix sums export --name 浙江省 --from 2025-01 --to 2025-12 --out sums.zip",
    ),
    "casemix sums import": Command(
        "casemix_sums_import",
        "接收各省上报的汇总文件",
        "Take in files of sums that provinces sent",
        "duikou casemix sums import sums.zip --as officer",
    ),
    "casemix scheme import": Command(
        "casemix_scheme_import",
        "导入分组方案（表文件夹或工作簿）",
        "Import a grouping scheme (a folder of tables or a workbook)",
        "duikou casemix scheme import chs-drg-1.1/",
    ),
    "casemix scheme check": Command(
        "casemix_scheme_check",
        "检查分组方案",
        "Check a grouping scheme",
        "duikou casemix scheme check chs-drg-1.1/",
    ),
    "casemix scheme workbook": Command(
        "casemix_scheme_workbook",
        "把分组方案写成工作簿，供填写或转交",
        "Write a grouping scheme as a workbook, to fill in or to hand on",
        "duikou casemix scheme workbook scheme.xlsx",
    ),
    "casemix scheme list": Command(
        "casemix_scheme_list",
        "列出可用的分组方案",
        "List the grouping schemes at hand",
        "duikou casemix scheme list",
    ),
    "casemix generate": Command(
        "casemix_generate",
        "生成虚构的住院病案首页（演示数据，不需要数据库）",
        "Generate invented front pages (without database)",
        "duikou casemix generate --records 100000 --seed 7 --out PAGES.csv",
    ),
    "policy check": Command(
        "policy_check",
        "检查政策包",
        "Check policy packs",
        "duikou policy check src/duikou/policy/packs/zhejiang-2014",
    ),
    "audit verify": Command(
        "audit_verify", "核对审计链是否完整", "Verify the chain of the audit log", "duikou audit verify"
    ),
    "backup": Command(
        "backup", "备份数据库与文件", "Back up database and files", "duikou backup duikou.tar.gz"
    ),
    "restore": Command("restore", "从备份恢复", "Restore from a backup", "duikou restore duikou.tar.gz"),
    "user add": Command(
        "user_add",
        "开设账号",
        "Open an account",
        "duikou user add wang --name 王工 --role city_officer --org 杭州市",
    ),
    "user grant": Command(
        "user_grant", "授予角色", "Grant a role", "duikou user grant wang --role inspector --org 浙江省"
    ),
    "user reset-password": Command(
        "user_reset_password", "重置密码", "Reset a password", "duikou user reset-password wang"
    ),
    "patients rekey": Command(
        "patients_rekey",
        "更换密钥后重新加密患者证件号码和电话",
        "Seal patients' identity numbers and phones anew after a change of keys",
        "duikou patients rekey",
    ),
    "imaging refill": Command(
        "imaging_refill",
        "影像存储重建后，把本站保存的影像重新转入",
        "Send all images kept here to the picture store anew, after it was lost",
        "duikou imaging refill",
    ),
    "demo load": Command("demo_load", "载入演示数据", "Load demonstration data", "duikou demo load"),
    "demo clear": Command("demo_clear", "清除演示数据", "Remove demonstration data", "duikou demo clear"),
    "manage": Command(
        "manage", "执行 Django 管理命令", "Run a Django management command", "duikou manage check"
    ),
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints name the way out in both languages."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Print the complaint and leave with exit code 2."""
        self.print_usage(sys.stderr)
        fail(f"参数有误 / wrong arguments: {message}\n{self.prog} --help 查看用法 / shows the usage")
        raise SystemExit(USAGE_ERROR)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 only when it did what it was asked for)."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0 if words else USAGE_ERROR
    if words[0] in ("-V", "--version"):
        print(f"duikou {program_version()}")
        return 0
    name = _command_name(words)
    if name is None:
        return _unknown(words)
    rest = words[len(name.split()) :]
    try:
        return _run(name, rest)
    except KeyboardInterrupt:
        fail("已中断 / interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # `duikou … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if (text := _explained(error)) is None:
            raise
        fail(text)
        return 1


def _run(name: str, rest: list[str]) -> int:
    command = COMMANDS[name]
    module = import_module(f"duikou.cli.{command.module}")
    if name == "manage":  # everything behind it belongs to Django
        return int(module.run(rest))
    parser = Parser(
        prog=f"duikou {name}",
        description=f"{command.zh} / {command.en}",
        epilog=f"例 / example:\n  {command.example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(rest)))


def _command_name(words: list[str]) -> str | None:
    for length in (3, 2, 1):
        if (name := " ".join(words[:length])) in COMMANDS:
            return name
    return None


def _unknown(words: list[str]) -> int:
    members = [name for name in COMMANDS if name.split()[0] == words[0]]
    if members and len(words) > 1 and words[1] in ("-h", "--help"):
        print(_overview(members))
        return 0
    if members:
        print(_overview(members), file=sys.stderr)
        return USAGE_ERROR
    fail(f"没有命令 / no such command: {words[0]}\nduikou --help 列出全部命令 / lists all commands")
    return USAGE_ERROR


def _overview(names: Sequence[str] = ()) -> str:
    shown = names or tuple(COMMANDS)
    width = max(len(name) for name in shown) + 2
    lines = ["对口支援信息平台 / paired-support platform", "", "用法 / usage: duikou COMMAND [--help] …", ""]
    for name in shown:
        command = COMMANDS[name]
        lines += [f"  {name:<{width}}{command.zh} / {command.en}", f"  {'':<{width}}  {command.example}"]
    return "\n".join(lines)


def _explained(error: Exception) -> str | None:
    """A sentence for an error that comes from input or surroundings; None for a defect."""
    if isinstance(error, CliError):
        return str(error)
    if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError):
        reason = {"FileNotFoundError": "找不到 / not found", "IsADirectoryError": "是文件夹 / is a folder"}
        return f"{error.filename}: {reason.get(type(error).__name__, '没有权限 / permission denied')}"
    from duikou.core.errors import DuikouError
    from duikou.engines.pairing.annex import AnnexError
    from duikou.engines.pairing.audit import BadParameter
    from duikou.engines.pairing.optimise.model import BadProblem
    from duikou.policy.errors import PackError

    if isinstance(error, DuikouError):
        return str(error.message)
    if isinstance(error, AnnexError | BadProblem):
        return f"{error.message.zh}\n{error.message.en}"
    if isinstance(error, PackError | BadParameter):
        return str(error)
    if "duikou.engines.clauses" in sys.modules:
        from duikou.engines.clauses import BadPaper

        if isinstance(error, BadPaper):
            return f"{error.message.zh}\n{error.message.en}"
    if "duikou.engines.casemix.layouts" in sys.modules:
        from duikou.engines.casemix.layouts import BadFile

        if isinstance(error, BadFile):
            return f"{error.text.zh}\n{error.text.en}"
    if "duikou.engines.casemix.indicators" in sys.modules:
        from duikou.engines.casemix.facts import BadFacts
        from duikou.engines.casemix.indicators import BadParameter as BadIndicatorParameter
        from duikou.engines.casemix.indicators.lookups import BadLookup

        if isinstance(error, BadFacts | BadIndicatorParameter | BadLookup):
            return f"{error.message.zh}\n{error.message.en}"
    if "duikou.engines.casemix.scheme" in sys.modules:
        from duikou.engines.casemix.scheme import BadScheme

        if isinstance(error, BadScheme):
            return f"{error.message.zh}\n{error.message.en}"
    if "django.db" in sys.modules:
        from django.db import OperationalError

        if isinstance(error, OperationalError):
            return (
                f"数据库无法使用：{error}请检查 DATABASE_URL 与数据库服务，或先运行 duikou setup / "
                "the database cannot be used: check DATABASE_URL and the server, or run duikou setup first"
            )
    return None


def program_version() -> str:
    """Version of the installed package."""
    try:
        return version("duikou")
    except PackageNotFoundError:
        return "0+source"


if __name__ == "__main__":
    raise SystemExit(main())
