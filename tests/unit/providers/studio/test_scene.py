"""What prompts mean: words, counts, colours, relations, negatives, in English and Chinese."""

import pytest

from mediakiln.providers.studio.scene import Scene, Subject, compose
from mediakiln.providers.studio.subjects import SUBJECTS
from mediakiln.providers.studio.words import lexicon, read


def kinds(scene: Scene) -> list[str]:
    return [subject.kind for subject in scene.subjects]


@pytest.mark.parametrize(
    ("prompt", "setting", "time", "weather"),
    [
        ("A cat walking in a garden", "garden", "day", "clear"),
        ("A sunset over mountains", "mountains", "sunset", "clear"),
        ("sunrise on the beach", "beach", "dawn", "clear"),
        ("a rainy city street at night", "city", "night", "rain"),
        ("foggy pine forest", "forest", "day", "fog"),
        ("stormy ocean with lightning", "sea", "day", "storm"),
        ("astronaut", "space", "night", "clear"),
        ("一只橘猫在花园里散步", "garden", "day", "clear"),
        ("海边的日落", "beach", "sunset", "clear"),
        ("雨夜的城市", "city", "night", "rain"),
        ("沙漠里的骆驼队，黄昏", "desert", "sunset", "clear"),
        ("满天星星的雪原", "snowfield", "night", "clear"),
        ("qwertz uiop", "stilllife", "day", "clear"),
    ],
)
def test_places_and_hours(prompt: str, setting: str, time: str, weather: str) -> None:
    scene = compose(prompt)
    assert (scene.setting, scene.time, scene.weather) == (setting, time, weather)


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("three red balloons over the sea", Subject("balloon", "red", 3, "", "over", "sea")),
        ("a black cat sleeping on a windowsill", Subject("cat", "black", 1, "sleeping", "on", "windowsill")),
        ("三只鸟飞过大海", Subject("bird", "", 3, "flying")),
        ("红色的汽车", Subject("car", "red")),
        ("窗台上的黑猫", Subject("cat", "black", 1, "", "on", "windowsill")),
        ("a corgi running", Subject("dog", "", 1, "running", traits=("corgi",))),
        ("奔跑的马", Subject("horse", "", 1, "running")),
        ("two puppies", Subject("dog", "", 2, traits=("little",))),
    ],
)
def test_first_subject(prompt: str, subject: Subject) -> None:
    assert compose(prompt).subjects[0] == subject


def test_colours_stay_with_their_nouns() -> None:
    scene = compose("a red car and a blue bicycle on a road")
    assert [(s.kind, s.colour) for s in scene.subjects] == [("car", "red"), ("bicycle", "blue")]
    assert compose("a boat under a purple sky").palette == ("purple",)


@pytest.mark.parametrize(
    "prompt", ["雪夜里的小木屋,窗户亮着灯", "a cabin with glowing windows", "a cottage, light in its window"]
)
def test_a_house_with_windows_stands_outdoors(prompt: str) -> None:
    scene = compose(prompt)
    assert scene.setting != "interior"
    assert kinds(scene) == ["house"]


@pytest.mark.parametrize(
    ("prompt", "palette"),
    [
        ("a girl in a yellow raincoat walking in the rain", ()),
        ("a green dragon above a castle", ()),
        ("a blue bicycle leaning against a yellow wall", ()),
        ("a black cat with green eyes on a red sofa", ()),
        ("three white sheep on a hill", ()),
        ("红色的灯塔和绿色的鳄鱼", ()),
        ("teal and orange", ("teal", "orange")),
        ("a dreamscape from blue to purple", ("blue", "purple")),
        ("a village in pink light", ("pink",)),
        ("蓝色调的抽象画", ("blue",)),
        ("紫色的天空", ("purple",)),
        ("everything in red", ("red",)),
    ],
)
def test_a_colour_of_something_unknown_does_not_tint_the_whole(prompt: str, palette: tuple[str, ...]) -> None:
    assert compose(prompt).palette == palette


def test_poses_stay_with_their_subjects() -> None:
    scene = compose("a sleeping cat and a running dog")
    assert [(s.kind, s.pose) for s in scene.subjects] == [("cat", "sleeping"), ("dog", "running")]


def test_english_matches_whole_words_only() -> None:
    assert not {"cat", "car"} & set(kinds(compose("a carpet in a scatter of catalogues")))
    assert kinds(compose("cats")) == ["cat"]


def test_chinese_takes_the_longest_word() -> None:
    assert kinds(compose("火车")) == ["train"]
    assert kinds(compose("机器人")) == ["robot"]


def test_negative_words_remove_what_they_name() -> None:
    scene = compose("a cat and a dog in a garden with people", "dog, people, clouds")
    assert kinds(scene) == ["cat"]
    assert "clouds" in scene.avoid
    assert kinds(compose("an empty beach without people")) == []
    assert kinds(compose("没有人的海滩")) == []


def test_styles_cameras_and_lettering() -> None:
    scene = compose('watercolor street, zoom in, a sign saying "OPEN"')
    assert (scene.style, scene.camera, scene.lettering) == ("watercolor", "zoom_in", "OPEN")
    assert compose("水墨画，远山").style == "ink"
    assert compose("赛博朋克城市").style == "neon"


def test_a_thing_named_twice_is_one() -> None:
    assert kinds(compose("a cup of coffee")) == ["cup"]
    assert kinds(compose("a girl reading a book")) == ["child"]


def test_every_word_leads_somewhere() -> None:
    words = lexicon()
    named = {name for means in words.phrases.values() for kind, name in means if kind == "subject"}
    assert named == set(SUBJECTS) - {"emblem", "sitter"}  # for words we lack, and the caller's own
    assert set(words.tables["home"]) == set(SUBJECTS)


def test_reading_keeps_order_and_quotes() -> None:
    reading = read("a dog 'x' \"HELLO\" near a lake")
    assert reading.quoted == "HELLO"
    assert [hit.text for hit in reading.hits][-1] == "lake"


@pytest.mark.parametrize("prompt", ["", "   ", "!!!", "\u0000", "🙂" * 50, "a " * 3000, "在上的里"])
def test_nothing_breaks_it(prompt: str) -> None:
    assert compose(prompt, prompt, 7).setting


@pytest.mark.parametrize(
    ("prompt", "first"),
    [
        ("a girl holding a red balloon", Subject("child", "", 1, "", "held", "balloon", ("girl",))),
        ("an astronaut riding a horse", Subject("person", "", 1, "driving", "on", "horse", ("astronaut",))),
        ("a cat sleeping on a sofa", Subject("cat", "", 1, "sleeping", "on", "sofa")),
        ("a dog next to a chair", Subject("dog", "", 1, "", "beside", "chair")),
        ("a rabbit in front of a mushroom", Subject("rabbit", "", 1, "", "before", "mushroom")),
        ("nine ducks on a lake", Subject("duck", "", 9, "", "on", "lake")),
        ("七只羊在草地上", Subject("sheep", "", 7, "", "on", "meadow")),
    ],
)
def test_relations_and_counts(prompt: str, first: Subject) -> None:
    """Who is where, and how many."""
    assert compose(prompt).subjects[0] == first


def test_what_is_worn_is_no_thing_of_its_own() -> None:
    """An umbrella by itself is a subject; in a hand it belongs to its bearer."""
    assert kinds(compose("a red umbrella on the beach")) == ["umbrella"]
    held = compose("a woman holding an umbrella in the rain")
    assert kinds(held) == ["person"]
    assert "umbrella" in held.subjects[0].traits


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("一隻黑貓坐在窗台上", "一只黑猫坐在窗台上"),
        ("兩匹馬在雪地裡奔跑", "两匹马在雪地里奔跑"),
        ("紅色的汽車和藍色的飛機", "红色的汽车和蓝色的飞机"),
    ],
)
def test_traditional_chinese_means_the_same(traditional: str, simplified: str) -> None:
    """Both scripts give the same scene, but for the words themselves."""
    first, second = compose(traditional), compose(simplified)
    assert first.subjects
    assert (first.subjects, first.setting, first.palette) == (second.subjects, second.setting, second.palette)


def test_an_unknown_noun_stands_on_a_plinth() -> None:
    """It is shown, with its own word, its colour and its place; a refused one is not."""
    emblem = compose("a purple xylophone on a beach")
    assert (emblem.setting, emblem.subjects[0].kind, emblem.subjects[0].colour) == ("beach", "emblem", "purple")
    assert emblem.subjects[0].traits == ("=xylophone",)
    assert compose("a xylophone").setting == "stilllife"
    assert compose("一台望远镜").subjects[0].traits == ("=望远镜",)
    assert compose("a xylophone", "xylophone").subjects == ()


def test_quoted_words_stand_on_the_sign() -> None:
    """Chinese quotes too."""
    assert compose("a sign saying “HELLO”").subjects[0].traits == ("=HELLO",)
    assert compose("写着「你好」的招牌").lettering == "你好"


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("needle felt cat", "felt"),
        ("剪纸风格的鱼", "papercut"),
        ("low poly fox", "lowpoly"),
        ("line art of a house", "lineart"),
        ("isometric house", "isometric"),
    ],
)
def test_handwork_styles(prompt: str, style: str) -> None:
    """Styles by their names."""
    assert compose(prompt).style == style


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("an astronaut riding a horse on the moon", "moon"),
        ("月球上的一只兔子", "moon"),
        ("an astronaut on Mars", "mars"),
        ("火星上的宇航员", "mars"),
        ("a cat looking at the moon", "garden"),
        ("a castle above the clouds", "cloudsea"),
        ("云海之上的城堡", "cloudsea"),
        ("a white cat, studio portrait", "studio"),
        ("studio shot of a golden retriever", "studio"),
        ("studio shot of a perfume bottle", "stilllife"),
    ],
)
def test_grounds_of_other_worlds_and_of_photographers(prompt: str, setting: str) -> None:
    assert compose(prompt).setting == setting


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [("a slice of pizza", "pizza"), ("two slices of watermelon", "fruit"), ("a piece of cake", "cake"), ("一片面包", "bread")],
)
def test_a_slice_is_no_whole(prompt: str, kind: str) -> None:
    (subject,) = compose(prompt).subjects
    assert subject.kind == kind
    assert "slice" in subject.traits
    (whole,) = compose(f"a {kind}").subjects
    assert "slice" not in whole.traits


@pytest.mark.parametrize(
    ("prompt", "deed"),
    [("a knight fighting a dragon", "facing"), ("a dog chasing a cat", "chasing"), ("a cat facing the sea", "")],
)
def test_deeds_need_two(prompt: str, deed: str) -> None:
    assert compose(prompt).subjects[0].relation == deed


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("drone orbit shot of a castle", "orbit"),
        ("无人机环绕拍摄一座城堡", "orbit"),
        ("a castle, camera tilts up", "tilt_up"),
        ("城堡，镜头向下摇", "tilt_down"),
        ("drone footage of a castle", "drift"),
    ],
)
def test_words_for_the_camera_are_no_things_and_places(prompt: str, camera: str) -> None:
    """An orbit is not in space then, and no drone flies by."""
    scene = compose(prompt)
    assert scene.camera == camera
    assert kinds(scene) == ["castle"]
    assert scene.setting != "space"
