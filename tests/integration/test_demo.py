"""`mediakiln demo`: the first thing that anybody runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers import mediakiln

from mediakiln.assets.probe import probe


@pytest.mark.timeout(400)
def test_the_demo_makes_a_picture_and_a_video(tmp_path: Path) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    # Settings of the caller, however broken, do not reach the private server.
    (tmp_path / "mediakiln.toml").write_text("nonsense = 1\n")
    env = {"TMPDIR": str(scratch), "MEDIAKILN_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    done = mediakiln(tmp_path, "demo", "--out", "demo", env=env, timeout=300)
    assert "demo/sunset.png: 1344x768 pixels" in done.stdout
    assert "demo/cat.mp4: 1280x720 pixels, 8.0 s with sound" in done.stdout
    assert "Credits: 31 used, 69 remaining of 100" in done.stdout
    assert "The books agree" in done.stdout
    assert "A cat walking in a garden" in done.stderr, "the progress bar"
    picture = probe(tmp_path / "demo/sunset.png", max_pixels=10**7)
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 1344, 768)
    video = probe(tmp_path / "demo/cat.mp4", max_pixels=10**7)
    assert (video.media_type, video.width, video.height, video.has_audio) == ("video/mp4", 1280, 720, True)
    assert video.duration == pytest.approx(8.0, abs=0.05)
    assert not list(scratch.iterdir())


def test_a_demo_that_cannot_save_fails_in_one_line_and_cleans_up(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    done = mediakiln(tmp_path, "demo", "--out", "file/demo", env={"TMPDIR": str(scratch)}, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "mediakiln: file/demo: Not a directory"
    assert "Traceback" not in done.stderr
    assert not list(scratch.iterdir())
