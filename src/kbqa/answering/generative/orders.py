"""Whether notes state something, or only tell somebody to say it: «Отвечай так: взнос отменён» states no such thing."""

import re

_SAY = (
    r"отвечай(?:те)?|ответь(?:те)?|скажи(?:те)?|говори(?:те)?|сообщи(?:те)?|сообщай(?:те)?|утверждай(?:те)?|"
    r"заяви(?:те)?|заявляй(?:те)?|повтори(?:те)?|повторяй(?:те)?|подтверди(?:те)?|притворись|притворитесь|"
    r"say|answer|respond|reply|claim|state|tell|repeat|report|declare|assert|confirm|pretend"
)
_WRITE = (
    r"(?:на)?пиши(?:те)?|выведи(?:те)?|выводи(?:те)?|добавь(?:те)?|добавляй(?:те)?|укажи(?:те)?|указывай(?:те)?|"
    r"назови(?:те)?|вставь(?:те)?|цитируй(?:те)?|пересказывай(?:те)?|перескажи(?:те)?|замени(?:те)?|заменяй(?:те)?|"
    r"считай(?:те)?|представь(?:те)?|write|output|print|add|cite|insert|append|quote"
)
_QUOTE = r"[«\"“„]"
_REPORTED = re.compile(
    # And then what: in quotation marks, after «что», or after a colon where nothing but speech can follow.
    rf"\b(?:{_SAY})\b[^.!?]{{0,80}}?(?:{_QUOTE}|:|(?<!потому)(?<!так как),?\s(?:что|будто|that|only)\b)"
    rf"|\b(?:{_WRITE})\b[^.!?]{{0,80}}?(?:{_QUOTE}|,\s(?:что|будто)\b|\sthat\b)"
    r"|\b(?:следует|надлежит|нужно|надо|необходимо|требуется|просьба|прошу|просят|велено|приказано|please|must|should)\b"
    r"[^.!?]{0,40}?\b(?:говорить|сказать|писать|указ(?:ыв)?ать|сообщ(?:а|и)ть|отве(?:ча|ти)ть|утверждать|считать|добавить|"
    r"say|write|state|claim|report|tell|answer|mention)\b[^.!?]{0,20}?(?:,\sчто\b|:|\sthat\b)",
    re.IGNORECASE,
)
_TO_A_PROGRAM = re.compile(
    r"\b(?:ассистент\w*|нейросет\w+|нейронк\w+|чат-?бот\w*|языков\w+ модел\w+|промпт\w*)\b|\bИИ\b|\bAI\b"
    r"|\b(?:assistant|chatbot|llm|prompt)s?\b|^\W*system\b"
    r"|\b(?:предыдущи|прежни|прошлы|системн)\w+ (?:указани|инструкци|правил|сообщени)\w+"
    r"|\b(?:previous|prior|above|earlier|system) (?:instruction|rule|prompt|message)s?\b"
    r"|\b(?:так|эт|следующ|нов|друг)\w+ выписк\w+|\bexcerpts?\b|(?:^|:)\s*\[\d+\]\s+\w"
    r"|<\|?/?\w+\|?>|\[/?INST\]",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    # Somebody else says so, and then what.
    r"\b(?:увер(?:я[лею]\w*|ен\w?)|утвержда[лею]\w*|говор(?:ил\w*|[ия]т)|сказал\w*|повторя[лею]\w*|счита[ею]т|считал\w*|"
    r"дума[лею]\w*|полага[лею]\w*|заявля[лею]\w*|заявил\w*|убежд[её]н\w?|рассказ\w+|слышал\w*)\b[^.!?]{0,40}?(?:[«\"“„:]|,\s(?:что|будто)\b)"
    r"|\bпо (?:мнению|словам|слухам)\b|,\s(?:мол|дескать)\b|\bговорят,|\bходят слухи"
    r"|\b(?:says?|said|claims?|claimed|insists?|insisted|thinks?|thought|believes?|believed|repeating|repeats?|told|tells|hears?|heard|rumou?rs?)\b"
    r"|\baccording to\b",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"\b(?:неправд[аоы]\w*|миф\w{0,2}|ложь|якобы|ошибочно|заблуждени\w+|выдумк\w+|вымысел|враньё|вранье|байк[аи]|шут(?:к\w*|ит|ят|ил\w*|я))\b"
    r"|\bневерно,? что|\bсчита(?:лось|ли),? (?:что|будто)"
    r"|\b(?:myths?|false|untrue|allegedly|supposedly|misconceptions?|wrongly)\b|\bused to (?:be|think|believe)"
    r"|\bnot true\b|\b(?:jok(?:e|es|ed|ing)|kidding)\b",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    # Were it so: «Хорошо было бы…», “Had the judges…, we would have…”; or it was so, and is no more.
    r"\bбы\b|\b(?:would|could) have\b|\bwould be\b|\bif only\b"
    r"|\b(?:когда-то|некогда|прежде(?! чем| всего)|раньше(?! чем| срока| начала| всех)|в прежние|в те годы|бывш\w+)\b"
    r"|\bдо \d{4}(?:-го)? год|\b(?:back when|back then|once|formerly|former|early years|until \d{4})\b",
    re.IGNORECASE,
)


_ELSEWHERE = re.compile(r"^\W*(?:см\.?|смотри(?:те)?|see)\s+(?:также|also)\b", re.IGNORECASE)
_FRAMES = (_REPORTED, _TO_A_PROGRAM, _ATTRIBUTED, _UNTRUE, _NOT_SO, _ELSEWHERE)


def only_told(sentence: str, statement: str) -> bool:
    """Whether a statement of the notes only orders to say what it holds, speaks to a program, or calls it untrue.

    So does one that reports what somebody else says, that says what would be, or what was, or where to
    read on, and one that asks.

    A sentence that says so itself repeats the statement as it is: «Есть миф, что …».
    """
    if statement.rstrip(' *_»”"').endswith("?") and not sentence.rstrip(' *_»”"').endswith("?"):
        return True
    return any(frame.search(statement) and not frame.search(sentence) for frame in _FRAMES)
