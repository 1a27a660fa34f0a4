"""Turns of phrase that empty a duty: exceptions, conditions, clauses that overrule others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duikou.engines.clauses.model import Party
from duikou.engines.clauses.tokens import RECIPIENT, SUPPORTER

Kind = str

_MAY_NOT = (
    r"(?:不|暂不|暂缓|缓|拒绝|减少|缩减|缩短|降低|取消|终止|中止|暂停|停止|解除|推迟|延期|延后|提前(?:结束|终止|撤|召)|顺延|延缓|延后|减半|核减|酌减|从缓|从简|从略|放宽|停止|撤回|召回|抽回|"
    r"抽回|抽调回|收回|免(?![试费收检疫除于予去])|减派|少派|停派|改派|改由|由其他|由下级|由[^，。；]{0,12}(?:代替|替代|顶替)|以[^，。；]{0,16}(?:代替|替代|折抵|抵扣|冲抵|充抵)|"
    r"代替|替代|折抵|抵扣|另行安排|自行(?:决定|确定|掌握|调整)|调整|变更|不予|不再|不必)"
)
MAIN_EXCEPTIONS = (
    re.compile(
        r"(?:的|时|期间|后)[^，。；]{0,4}(?:不|暂不|停|缓)(?!得|少|低|断|超|限|影响|仅|同|变|足|良|当|应|能|可)[^，。；]{1,6}$"
    ),
    re.compile(r"暂不|暂缓|不补|另议|抵充|抵顶|折合"),
    # by themselves a full predicate: they speak of the duty before them
    re.compile(
        rf"(?:可|可以|有权|得以|允许|即可)(?:(?:视|根据|随时|酌情|单方|提前|临时|直接)[^，。；]{{0,10}}?)?{_MAY_NOT}"
    ),
    re.compile(
        r"(?:无须|无需|毋须|不必|不再|不予)(?:继续|另行)?(?:选派|派|承担|负责|支付|提供|安排|参加|履行|执行|开展|通报|报告|接收)"
    ),
    re.compile(r"(?:免除|豁免|免于|免予)"),
    re.compile(
        r"不(?:作|做)(?:硬性|强制|统一)?要求|不予(?:发放|安排|提供|支付|接收|派出|报销|保障)|停发|减半(?:执行|计算|发放)?"
    ),
    re.compile(r"不(?:承担|负责|负担|支付)(?!任何违约)"),
    re.compile(
        r"(?:视为|视同|即视为|即为|等同于)(?:甲方|乙方|双方)?(?:已经|已)?(?:履行|完成|满足|尽到|达到|兑现)"
    ),
    re.compile(
        r"(?:抵作|折抵|折算为|冲抵|抵扣|抵充|代替|替代)[^，。；]{0,12}(?:派驻|支援|义务|任务|职责|人员|工作)"
    ),
)
TAIL_EXCEPTIONS = (  # cling to what stands before them in the same sentence
    re.compile(r"不含|不包括|扣除"),
    re.compile(r"(?:人员|患者|病人|科室|医师|护士|职工)中(?:的)?[^，。；、]{1,8}"),
    re.compile(r"(?:或|或者)(?:其他|其它|另外)(?:医院|机构|单位|人员|医师|科室)"),
    re.compile(r"分担|各半|平摊|均摊|比例(?:承担|负担|分摊)"),
    re.compile(r"除[^，。；]{1,24}(?:以外|之外|外)(?!援)"),
    re.compile(
        r"由(?:甲方|乙方|双方|支援医院|受援医院)[^，。；]{0,10}(?:决定|确定|掌握|酌定|裁量|商定|商议)"
    ),
    re.compile(r"按(?:照)?实际[^，。；]{0,10}(?:计算|执行|为准|安排|核算)"),
    re.compile(r"除外|例外|不在此限|不受此限|不在此列|不适用|不含在内|不包括在内"),
    re.compile(r"除非"),
    re.compile(r"(?:或|或者|也可|亦可)[^，。；]{0,8}(?:远程|线上|视频|网络|电话|书面)"),
    re.compile(r"(?:视|根据|依|按照?|取决于)[^，。；]{0,24}(?:而定|确定|决定|掌握|酌定|安排)$"),
    re.compile(r"以[^，。；]{0,20}(?:为准|为限|为前提|为条件|为度)"),
    re.compile(r"另行(?:协商|商议|讨论|商定|约定|确定|议定|通知|安排|决定|研究)"),
    re.compile(r"(?:最多|至多|不超过|累计不超过|上限)"),
    re.compile(r"(?:仅|只|仅限|限于|仅限于|仅指|只限|仅包括|只包括|仅就)"),
    re.compile(
        r"其中[^。；]{0,30}(?:由(?:乙方|受援医院|派驻人员|个人|本人)[^。；]{0,6}(?:承担|负责|支付|自理|解决|提供))"
    ),
    re.compile(
        r"(?:超出|超过|其余|剩余|不足)[^。；]{0,16}由(?:乙方|受援医院|派驻人员|个人|本人)[^。；]{0,6}(?:承担|负责|支付|自理|解决)"
    ),
)
_TO_BEAR = (
    r"(?:自行|全部|全额|另行|共同|负责|依法|独立|先行)*"
    r"(?:承担|负责|解决|自理|支付|负担|处理|分担|筹集|筹措|垫付|发放|安排|提供)"
)
_NOBODY = r"双方|甲乙双方|派驻人员(?:个人|本人)?|个人|本人|其本人|患者|第三方"
_THEMSELVES = (
    r"|^(?:派驻人员(?:个人|本人)|个人|本人|双方)(?:应当|应|须|必须|共同|自行)*"
    r"(?:承担|负责|解决|支付|负担|处理)"
)
_SHIFTS = {
    Party.SUPPORTER: re.compile(rf"(?:由|归|属)(?:乙方|受援医院|受援方|{_NOBODY}){_TO_BEAR}{_THEMSELVES}"),
    Party.RECIPIENT: re.compile(rf"(?:由|归|属)(?:甲方|支援医院|支援方|{_NOBODY}){_TO_BEAR}{_THEMSELVES}"),
}

CONDITIONS = (
    re.compile(r"(?:拨款|资金|经费|资质|财政|批复|编制|条件)[^，。；]{0,8}(?:后|时|到位|落实|具备|允许)"),
    re.compile(r"(?:期满|届满|结束|验收|评审|建成|投用)[^，。；]{0,4}(?:后|之后)"),
    re.compile(r"^(?:但)?(?:如|若|如果|倘若|假如|只有|唯有|除非|一旦|若是|如遇|如因|遇|凡因|因)"),
    re.compile(
        r"(?:情况下|前提下|条件下|许可时|允许时|具备时|富余时|空闲时|充裕时|充足时|可能时|成熟时|到位后|到位时|宽裕时|有余时|有条件时)"
    ),
    re.compile(
        r"(?:经|征得|报经|取得|获得|须经|需经)[^，。；]{0,16}(?:同意|批准|许可|确认|审批|审核|核准|审定|协商一致)(?:后|的|时|方可|方能)?"
    ),
    re.compile(
        r"^(?:甲方|乙方|双方)?(?:可|应)?(?:视|根据|依据|按照?|结合)(?:[^，。；]{0,4}时间|甲方|支援医院|自身|本院|我院|工作|人力|人员|经费|业务|实际情况|实际|科室)[^，。；]*"
    ),
    re.compile(r"视[^，。；为]{0,8}(?:时间|情况|安排|需要|条件|财力|人力|意愿)"),
    re.compile(r"不影响[^，。；]{0,16}(?:工作|业务|运转|诊疗|秩序|安排)"),
    re.compile(r"^(?:待|俟|等)[^，。；]{1,24}(?:后|时|再)?$"),
    re.compile(
        r"(?:支付|付清|结清|缴纳|补偿|拨付|落实经费|提供经费)[^，。；]{0,16}(?:后|的|时|情况下|前提下)"
    ),
)
_ASKED = re.compile(
    r"(?:乙方|受援医院|对方)[^，。；]{0,12}(?:需要|要求|需求|提出|申请|邀请|请求|书面通知|遇到|有困难|确有)"
)
_PAID = re.compile(r"付|费|款|补偿|补贴|条件|住房|同意")
_HARMLESS_CONDITION = re.compile(
    r"^(?:根据|按照?|依据|结合)(?:国家|省|市|县|卫生|有关|上级|乙方|受援医院|双方|年度|本协议|协议|法律|患者|当地)|支援期间|协议期[内间]|派驻期[内间]|任期"
)

OVERRULES = (
    ("overrides", re.compile(r"(?:义务|职责|任务|指标|人数)[^。；]{0,6}(?:减半|递减|减为)")),
    ("overrides", re.compile(r"(?:提出|要求)(?:终止|解除|退出|中止)[^。；]{0,14}同意")),
    (
        "overrides",
        re.compile(
            r"不(?:予)?追究[^。；]{0,8}责任|不受(?:前款|前述|上述|本协议|第[^。；]{1,4}条)[^。；]{0,6}(?:限制|约束)"
        ),
    ),
    (
        "overrides",
        re.compile(
            r"(?:均|仅|只|都)?(?:为|系|作为)(?:预期|参考|指导性?|意向|努力|建议)(?:值|性|数|指标|目标)"
        ),
    ),
    ("overrides", re.compile(r"不(?:作|做|予|纳入|列入|计入)[^。；]{0,4}(?:考核|要求|评价)")),
    (
        "overrides",
        re.compile(r"由(?:甲方|乙方|支援医院|受援医院)(?:另定|自定|另行确定|自行确定|自行决定|单方)"),
    ),
    ("overrides", re.compile(r"(?:人员|医师|专家)(?:可以?|亦可|也可)(?:为|是|由)")),
    ("overrides", re.compile(r"决定(?:是否|可否)|是否继续(?:履行|执行|派驻|支援)")),
    (
        "overrides",
        re.compile(
            r"(?:不一致|不符|冲突|抵触|矛盾)[^。；]{0,4}[，,]?[^。；]{0,4}(?:执行|适用|按照?|依照?)(?:甲方|乙方|支援医院|受援医院|本条|补充)"
        ),
    ),
    (
        "overrides",
        re.compile(
            r"(?:按|依|适用|执行)(?:本条|本款|本补充|本附则|本备忘录)(?:的?(?:约定|规定))?(?:执行|为准|办理|处理)?$"
        ),
    ),
    ("overrides", re.compile(r"(?:义务|职责|责任)[^。；]{0,10}(?:免除|豁免|取消)")),
    (
        "overrides",
        re.compile(r"是否[^。；]{0,12}由(?:甲方|乙方|支援医院|受援医院)[^。；]{0,4}(?:决定|确定|掌握)"),
    ),
    ("overrides", re.compile(r"不(?:视为|视作|算作|算|构成|属于|按)违约")),
    (
        "overrides",
        re.compile(
            r"不对[^。；]{0,24}承担[^。；]{0,6}责任|对(?:未完成|未履行|未达到)[^。；]{0,24}不(?:承担|追究|负)"
        ),
    ),
    (
        "overrides",
        re.compile(r"(?:条|款|项|约定|规定|指标|内容)[^。；]{0,24}不再(?:适用|有效|生效|执行|履行|约束)"),
    ),
    ("overrides", MAIN_EXCEPTIONS[-2]),
    ("overrides", MAIN_EXCEPTIONS[-1]),
    (
        "overrides",
        re.compile(
            r"(?:与|和|同)[^，。；]{0,24}(?:不一致|不符|冲突|抵触|矛盾|不同)[^。；]{0,12}[，,]?(?:的|时|之处)?[，,]?[^。；]{0,8}以(?:本|补充|此|下列|附|甲方|备忘|后|会议)[^。；]{0,14}为准"
        ),
    ),
    (
        "overrides",
        re.compile(
            r"(?:上述|前述|以上|前款|前条|前文|本协议|本条|该条|各条|甲方职责|乙方职责|职责|义务|第[一二三四五六七八九十\d]+(?:条|款|项|部分))[^。；]{0,40}"
            r"(?:不适用|不再执行|不予执行|暂停执行|暂不执行|暂缓执行|暂缓实施|暂停实施|暂不实施|推迟实施|停止执行|可不执行|可以不执行|不作要求|不做要求|废止|失效|作废|予以取消|自动取消|自动免除|予以免除|可予免除|不再履行|可不履行|暂缓履行|不具约束力)"
        ),
    ),
    (
        "overrides",
        re.compile(
            r"(?:本协议|协议书?|上述|前述|前文|以上|各项|各款|条款|内容|义务|指标)[^。；]{0,20}(?:仅为|仅系|只是|系|属|仅作为|仅供|作为)(?:双方)?(?:意向|合作意向|框架|参考|指导|原则性|倡导|努力方向|工作设想|设想|建议|愿景)"
        ),
    ),
    (
        "overrides",
        re.compile(r"不(?:具有?|具备|产生|构成)[^。；]{0,12}(?:约束力|法律效力|强制|义务|承诺|违约)"),
    ),
    ("overrides", re.compile(r"不(?:作为|列入|纳入)[^。；]{0,12}(?:考核|义务|责任|依据)(?!奖)")),
    ("overrides", re.compile(r"(?<!不)解释权[^。；]{0,6}(?:归|属于?)(?:甲方|乙方|支援医院)")),
    (
        "overrides",
        re.compile(
            r"以(?:本条|本款|本补充|本附则|本备忘录|甲方(?:的)?[^，。；]{0,6}(?:通知|安排|意见|解释|规定))[^。；]{0,10}为准"
        ),
    ),
)
_RIGHT_TO_LEAVE = (
    r"{party}[^。；]{0,24}(?:有权|可|可以|得)(?:视情况|视情|根据[^，。；]{0,12}|随时|单方(?:面)?|自行|提前|酌情|适当|在[^，。；]{0,10}|部分|全部|直接|先行)*"
    r"(?:终止|解除|中止|暂停|撤回|撤离|召回|减少|缩减|调减|缩短|降低|取消|退出|停止|减免(?!费))(?![^，。；]{0,10}(?:违纪|违规|不合格|不称职|不胜任))"
)
_LEAVES = tuple(
    re.compile(_RIGHT_TO_LEAVE.replace("{party}", party))
    for party in (
        rf"(?:{SUPPORTER}|支援医院|支援方|双方|任何一方|任一方)",
        rf"(?:{RECIPIENT}|受援医院|受援方)",
    )
)
_LESS = re.compile(
    r"(?:职责|义务|责任|内容|条款|任务|派驻人数|派驻人员|派驻时间|派驻期限|派驻频次|支援力度|支援内容|支援项目)[^，。；]{0,12}"
    r"(?:可|可以|予以|相应|适当|酌情|自动)(?:适当|酌情|相应|予以)*(?:减少|减免|缩减|免除|取消|暂停|调减|降低|缩短|压缩|从简)"
)
_DO_LESS = re.compile(
    r"(?:可|可以|有权)(?:适当|酌情|相应|视情)?(?:减少|缩减|缩短|取消|暂停|停止|推迟|降低)[^，。；]{0,6}"
    r"(?:派驻|选派|派出|支援|帮扶|进修|讲座|查房|人数|次数)"
)
_GUARD = re.compile(r"不得|不能|不因|不应|不会|不可|严禁|禁止|未经|不影响|不免除|并不")
_SOUND_BASIS = re.compile(
    r"以(?:国家|省|法律|法规|本协议|上级|省卫生|国务院|卫生|原协议|正文|主协议|本协议书|要求较高|较高|更高|更严|严格|对乙方有利|有利于)[^。；]{0,16}为准"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A turn of phrase: its kind and its span."""

    kind: Kind
    start: int
    end: int


def main_exception(text: str) -> Found | None:
    """Words that let somebody off by themselves (可不…, 免除 …)."""
    for pattern in MAIN_EXCEPTIONS:
        if (match := pattern.search(text)) and not _GUARD.search(text[: match.start()]):
            return Found("exception", *match.span())
    return None


def tail_exception(text: str) -> Found | None:
    """Words that take something back from what stands before them (… 除外, 视 … 而定)."""
    for pattern in TAIL_EXCEPTIONS:
        if (match := pattern.search(text)) and not _SOUND_BASIS.search(text):
            return Found("exception", *match.span())
    return None


def shift(text: str, holder: Party | None) -> Found | None:
    """Words that hand a duty to somebody else than its holder (由乙方承担)."""
    pattern = _SHIFTS.get(holder) if holder else None
    if pattern is None:
        return None
    match = pattern.search(text)
    return Found("moved_party", *match.span()) if match and not _GUARD.search(text[: match.start()]) else None


def condition(text: str, holder: Party | None) -> Found | None:
    """A condition that the duty did not have; that the other side asks for it is none."""
    if _HARMLESS_CONDITION.search(text) or (_ASKED.search(text) and not _PAID.search(text)):
        return None
    for pattern in CONDITIONS:
        match = pattern.search(text)
        if match and not text[: match.start()].endswith(("未", "非", "不")):
            return Found("condition", *match.span())
    return None


def overrule(text: str) -> Found | None:
    """Words that overrule other clauses of the agreement."""
    if _SOUND_BASIS.search(text):
        return None
    for kind, pattern in OVERRULES:
        if (match := pattern.search(text)) and not _GUARD.search(
            text[max(0, match.start() - 6) : match.end()]
        ):
            return Found(kind, *match.span())
    return None


def way_out(text: str) -> Found | None:
    """A right of a party to leave or to do less."""
    for pattern in _LEAVES:
        match = pattern.search(text)
        if match and not _GUARD.search(match[0]):
            return Found("way_out", *match.span())
    for pattern in (_LESS, _DO_LESS):
        match = pattern.search(text)
        if match and not _GUARD.search(text[: match.end()]):
            return Found("way_out", *match.span())
    return None


def released(text: str) -> Found | None:
    """A party that bears nothing for a breach of the agreement."""
    match = re.search(
        r"(?:甲方|支援医院)[^，。；]{0,20}(?:不承担|不负|免于承担|概不负责|不追究)[^，。；]{0,8}(?:违约|任何|相应|一切)",
        text,
    )
    return Found("way_out", *match.span()) if match else None
