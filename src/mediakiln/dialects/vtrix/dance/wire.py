"""The parameters of video (seed 002; those after `duration` as public clients know them)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from mediakiln.web.bodies import told


class Link(Struct):
    """Where a picture, a video or a sound is."""

    url: Annotated[str | None, told("An http(s) URL, a `data:` URI or `asset://<id>`; required.")] = None


class Item(Struct):
    """One piece of the input."""

    type: Annotated[str | None, told("`text`, `image_url`, `video_url` or `audio_url`; required.", "text")] = None
    text: Annotated[str | None, told("The prompt; with the type `text`.", "A cute corgi running on the beach at sunset")] = None
    image_url: Annotated[Link | None, told("The picture; with the type `image_url`.")] = None
    video_url: Annotated[Link | None, told("The video; with the type `video_url`.")] = None
    audio_url: Annotated[Link | None, told("The sound; with the type `audio_url`.")] = None
    role: Annotated[
        str | None,
        told("`first_frame`, `last_frame` or `reference_image`; of a video `reference_video`, of a sound `reference_audio`."),
    ] = None


class Dance(Struct, kw_only=True):
    """Parameters of `spark_dance_v2_0` and `spark_dance_v2_0_fast`. Unknown keys are ignored; null is absent."""

    content: Annotated[list[Item] | None, told("Text, images, videos and sounds; required.")] = None
    generate_audio: Annotated[bool | None, told("Sound (mono) that goes with the footage; the default is true.", True)] = None
    resolution: Annotated[str | None, told("One of the model's resolutions; the default is 720p.", "720p")] = None
    ratio: Annotated[str | None, told("A ratio, or `adaptive`, which is the default.", "adaptive")] = None
    duration: Annotated[int | None, told("Whole seconds; -1 leaves the length to the model; the default is 5.", 5)] = None
    seed: Annotated[int | None, told("The same request with the same seed gives the same video; -1, the default, is random.")] = (
        None
    )
    frames: Annotated[int | None, told("The exact number of frames, in place of `duration`.")] = None
    return_last_frame: Annotated[bool | None, told("Deliver the last frame as a picture too; the default is false.")] = None
    callback_url: Annotated[str | None, told("The finished task is posted to this URL.")] = None
    execution_expires_after: Annotated[int | None, told("Seconds after which a task that has not finished fails.")] = None
    service_tier: Annotated[str | None, told("`default`, or `flex`, which waits behind the others.", "default")] = None


EXAMPLE = {
    "model": "spark_dance_v2_0",
    "input": [
        {
            "params": {
                "content": [{"type": "text", "text": "A cute corgi running on the beach at sunset"}],
                "resolution": "720p",
                "ratio": "16:9",
                "duration": 5,
            }
        }
    ],
}
