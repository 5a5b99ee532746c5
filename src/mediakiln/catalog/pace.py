"""What the words of a prompt ask for where the caller leaves the choice: how long a video is, of what shape, and which of several
references it takes its shape from.

Chosen by rule before the price is told (decision 017), so the same prompt always gets, and costs, the same. Plain reading in
English and Chinese: what is said outright goes first, then what the words imply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORDS = ["four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"]
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 4)}
_SECONDS = re.compile(rf"((?<!\d)\d{{1,3}}|\b(?:{'|'.join(_NUMBERS)}))(?:\s*-?\s*(?:seconds?|secs?|s)\b|\s*秒)", re.IGNORECASE)
_TURNS = re.compile(
    r"\bthen\b|\bafter that\b|\bafterwards\b|\bnext\b|\bfinally\b|\bsuddenly\b|\bmeanwhile\b|\bcut to\b|\bshot \d|\bscene \d"
    r"|然后|接着|随后|最后|突然|切换|镜头[一二三四五六七八九十\d]|分镜",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"[“\"「『]([^”\"」』]{2,400})[”\"」』]")
_SHORT = re.compile(r"\bquick|\bblink|\bflash\b|\bloop\b|\bgif\b|\bsnap\b|\bshort\b|瞬间|循环|快速|短", re.IGNORECASE)
_LONG = re.compile(
    r"\bslow(ly)?\b|\bslow motion\b|\btime-?lapse\b|\bjourney\b|\bstory\b|\bsunrise\b|\bsunset\b|\blong\b"
    r"|慢动作|缓缓|慢慢|延时|旅程|故事|日出|日落|长镜头",
    re.IGNORECASE,
)
_SPOKEN = 14
"""Letters of dialogue in a second; a Chinese character counts as three."""

_RATIO = re.compile(r"(?<![\d:])(\d{1,2})\s*[:：x×比]\s*(\d{1,2})(?![\d:])")
_SHAPES = {
    "21:9": r"\bpanoram|\bultra-?wide\b|\bcinemascope\b|\banamorphic\b|\bepic landscape\b|全景|超宽|宽银幕|电影感",
    "9:16": r"\bvertical\b|\bportrait (?:mode|format|orientation)\b|\bphone (?:screen|wallpaper)\b|\btik ?tok\b|\breels?\b"
    r"|\bfull[- ]body\b|竖屏|竖版|手机|抖音|全身|竖构图",
    "1:1": r"\bsquare\b|\bicon\b|\blogo\b|\bavatar\b|\balbum cover\b|\bproduct (?:shot|photo)\b|方形|头像|图标|正方",
    "3:4": r"\bportrait of\b|\bposter\b|\bbook cover\b|\bclose-?up of (?:a|an|the) (?:man|woman|girl|boy|person|face)\b"
    r"|肖像|海报|人像|封面",
    "4:3": r"\bretro tv\b|\bvintage footage\b|\bvhs\b|\bold film\b|复古电视|老电影|录像带",
}
_SHAPED = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _SHAPES.items())

_IMAGE = r"(?:image|picture|photo|图片?) ?(?P<image>\d?)\]?"
_VIDEO = r"(?:video|视频) ?(?P<video>\d?)\]?"
_FIRST = r"(?:the |a )?(?:first|opening|starting) (?:frame|image|shot)"
_THE = r"(?:the |an? |@|\[){0,2}"
_LEADING = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        rf"{_IMAGE} (?:as|is|for) {_FIRST}",
        rf"{_FIRST} (?:is|from|of) {_THE}{_IMAGE}",
        rf"\b(?:begin|start|open)s? (?:with|from|on|at) {_THE}{_IMAGE}",
        rf"{_IMAGE}(?:作为|为|是|做)(?:首|第一)帧",
        rf"(?:首|第一)帧(?:为|是|用|取自){_THE}{_IMAGE}",
        rf"从{_THE}{_IMAGE}开始",
        rf"\b(?:edit|extend|continue) {_THE}{_VIDEO}",
        rf"\b(?:replace|remove|change|add|swap)\b[^.;]{{1,60}} (?:in|from|of|to) {_THE}{_VIDEO}",
        rf"(?:编辑|修改|延长|续写){_THE}{_VIDEO}",
        rf"{_VIDEO}[中里][^。；]{{1,30}}(?:替换|换成|改成|改为|删除|去掉)",
    )
)
"""A prompt that begins with one of its images; one that edits or extends one of its videos. Numbers as people count."""


def seconds(prompt: str, allowed: Sequence[int], default: int) -> int:
    """The length of a video in seconds, one of `allowed`: what the prompt says ("8 seconds", "8秒"), else longer than `default`
    for what takes turns, is spoken or is slow, and shorter for what is quick."""
    lengths = sorted(allowed)
    if stated := _SECONDS.search(prompt):
        word = stated[1].lower()
        return _nearest(_NUMBERS.get(word) or int(word), lengths)
    turns = len(_TURNS.findall(prompt))
    said = sum(3 if ord(char) > 0x2E80 else 1 for line in _SPEECH.findall(prompt) for char in line)
    length = default + 2 * turns + (2 if _LONG.search(prompt) else 0) - (1 if _SHORT.search(prompt) else 0)
    return _nearest(max(length, round(said / _SPOKEN) + 2 if said else 0), lengths)


def ratio(prompt: str, allowed: Sequence[str], default: str) -> str:
    """The shape of a picture, one of `allowed`: what the prompt says ("9:16"), else what its words imply, else `default`."""
    for match in _RATIO.finditer(prompt):
        if (stated := f"{int(match[1])}:{int(match[2])}") in allowed:
            return stated
    return next((name for name, words in _SHAPED if name in allowed and words.search(prompt)), default)


def leading(prompt: str) -> tuple[str, int] | None:
    """Which of its references a prompt says the video begins with, edits or extends (seed 002, "ratio"): `("image", 2)` for "use
    image 2 as the first frame". None where it does not say."""
    found = next((match for words in _LEADING if (match := words.search(prompt))), None)
    if found is None:
        return None
    [(kind, number)] = found.groupdict().items()
    return kind, int(number or 1)


def _nearest(wanted: int, lengths: Sequence[int]) -> int:
    return min(lengths, key=lambda length: (abs(length - wanted), length))
