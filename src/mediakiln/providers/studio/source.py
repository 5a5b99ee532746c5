"""Pictures that the caller gave: opened, turned upright, flattened to RGB and fitted to a size."""

from __future__ import annotations

import io
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps

from mediakiln.generation import Role
from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio.grade import masked
from mediakiln.providers.studio.orders import CannotRender, Source
from mediakiln.providers.studio.stills import Picture

LARGEST = 4096
"""Pixels of the longest side that is kept: more is hardly ever seen, and a photograph of forty megapixels, held some
times over on its way, would take more memory than the drawing."""

_PICTURE_ROLES = (Role.FIRST_FRAME, Role.IMAGE, Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO)


def main_picture(sources: tuple[Source, ...]) -> Picture | None:
    """The picture that a job starts from: a first frame before an image, an image before a reference. None without any."""
    return first_of(sources, *_PICTURE_ROLES)


def first_of(sources: tuple[Source, ...], *roles: Role) -> Picture | None:
    """The first picture of the first of `roles` that any source plays. None without one."""
    found = next((source for role in roles for source in sources if source.role is role), None)
    return None if found is None else open_picture(found)


def open_picture(source: Source) -> Picture:
    """The still, or the first frame of an animation or video. Raises `CannotRender` for a file that is neither."""
    try:
        if source.media_type.startswith("video/"):
            return _first_video_frame(source.path)
        return _open_still(Path(source.path))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, SyntaxError, av.FFmpegError, Image.DecompressionBombError) as failure:
        raise CannotRender("an input picture could not be read", RejectReason.INVALID) from failure


def _open_still(path: Path) -> Picture:
    with Image.open(path) as file:
        file.seek(0)
        if max(file.size) > LARGEST and file.mode in ("RGB", "RGBA", "L", "LA", "CMYK"):
            file.thumbnail((LARGEST, LARGEST))
        ImageOps.exif_transpose(file, in_place=True)
        image = _to_srgb(file)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            ground = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(ground, image)
        elif image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
            image = _eight_bits(image)
        return np.array(image if image.mode == "RGB" else image.convert("RGB"))


def _to_srgb(image: Image.Image) -> Image.Image:
    """Follow an embedded colour profile (phones write Display P3, presses CMYK); a broken profile is ignored."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return image
    try:
        target = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return turned or image


def _eight_bits(image: Image.Image) -> Image.Image:
    """A 16-bit or float greyscale picture; Pillow's own conversion would clip it."""
    values = np.asarray(image, np.float32)
    low, high = (0.0, 65535.0) if image.mode != "F" else (float(values.min()), float(values.max()))
    scaled = (values - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))


def _first_video_frame(path: str) -> Picture:
    with av.open(path) as file:
        for frame in file.decode(video=0):
            return np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
    raise ValueError("the video has no frame")


def fit(picture: Picture, width: int, height: int) -> Picture:
    """`picture` at (height, width), never stretched.

    A shape within a third of the wanted one is cropped to cover it, slightly above the middle because heads are; any other is
    shown whole, and its own mirrored and blurred edges fill the rest.
    """
    rows, columns = picture.shape[:2]
    ratio = (width / height) / (columns / rows)
    if 0.66 <= ratio <= 1.5:
        return _cover(picture, width, height)
    scale = min(width / columns, height / rows)
    whole = _scale(picture, min(width, max(1, round(columns * scale))), min(height, max(1, round(rows * scale))))
    return _extended(whole, width, height)


def _extended(whole: Picture, width: int, height: int) -> Picture:
    tall, wide = whole.shape[:2]
    top, left = (height - tall) // 2, (width - wide) // 2
    sides = (top, height - tall - top, left, width - wide - left)
    canvas = cv2.copyMakeBorder(whole, *sides, cv2.BORDER_REFLECT)
    soft = cv2.resize(canvas, (max(1, width // 12), max(1, height // 12)), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(soft, (0, 0), 2.5), (width, height), interpolation=cv2.INTER_CUBIC)
    # The blur begins inside the picture's own edge, over a few pixels, so that no seam is seen.
    seam = max(2, min(tall, wide) // 30)
    inside = [np.minimum(np.arange(length), np.arange(length)[::-1]) / seam for length in (tall, wide)]
    down, across = inside[0] if height > tall else np.ones(tall), inside[1] if width > wide else np.ones(wide)
    mask = np.zeros((height, width), np.float32)
    mask[top : top + tall, left : left + wide] = np.clip(down, 0, 1)[:, None] * np.clip(across, 0, 1)[None]
    return masked(soft, canvas, mask)


def _cover(picture: Picture, width: int, height: int) -> Picture:
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    wide, tall = max(width, round(columns * scale)), max(height, round(rows * scale))
    scaled = _scale(picture, wide, tall)
    left, top = (wide - width) // 2, (tall - height) * 2 // 5
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def _scale(picture: Picture, width: int, height: int) -> Picture:
    shrinks = width < picture.shape[1]
    scaled: Picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return scaled
