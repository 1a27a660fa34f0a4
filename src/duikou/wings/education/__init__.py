"""Remote education (远程教育、远程培训): courses, lessons, attendance, quizzes, certificates."""
