# ruff: noqa: E402 - the path is put right before anything is imported
"""Images per second of the diffusers driver against a plain loop around the same pipeline, in the same process and run.

Method: a pipeline with random weights is built from code, saved as safetensors, and loaded twice: once for the plain loop (call
the pipeline for one prompt, save the PNG, next) and once by the driver. Three ways take turns, several rounds each, and the best
of each counts: the loop; the driver with one request at a time; the driver with eight requests waiting at any time, in batches of
up to eight. With a GPU it is the full architecture of Stable Diffusion XL in bfloat16 at 1024 x 1024; on a CPU a tiny Stable
Diffusion on one thread, which says what the driver costs but nothing of what batches gain on a GPU. Wall time and the processor
time of the process. Nothing is downloaded.

    python bench/diffusers.py [--images 32] [--steps 20] [--rounds 3] [--tiny]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# This file is called like the library.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
sys.path.append(str(HERE.parent / "tests"))

import torch
from diffusers import AutoencoderKL, DiffusionPipeline, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from fakes import pipelines
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import Job
from mediakiln.providers.diffusers.provider import DiffusersProvider, open_provider
from mediakiln.telemetry import logs

WAITING = 8
TARGETS = {"one at a time": 0.95, "eight waiting": 2.0}


def sdxl(folder: Path) -> None:
    """Stable Diffusion XL base in its full size (2.6 billion weights in the U-Net), random, bfloat16."""
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        unet = UNet2DConditionModel(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        )
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
            sample_size=1024,
            scaling_factor=0.13025,
            force_upcast=False,
        )
        words = {"vocab_size": 520, "max_position_embeddings": 77, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
        small = CLIPTextConfig(
            hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, projection_dim=768, **words
        )
        large = CLIPTextConfig(
            hidden_size=1280,
            intermediate_size=5120,
            num_hidden_layers=32,
            num_attention_heads=20,
            projection_dim=1280,
            hidden_act="gelu",
            **words,
        )
        encoders = CLIPTextModel(small), CLIPTextModelWithProjection(large)
    torch.set_default_dtype(torch.float32)
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)
    tokenizer = pipelines.clip_tokenizer()
    pipe = StableDiffusionXLPipeline(vae, *encoders, tokenizer, tokenizer, unet, scheduler, add_watermarker=False)
    pipe.save_pretrained(folder, safe_serialization=True)


def driver(folder: Path, steps: int, device: str) -> DiffusersProvider:
    """As an operator sets it up."""
    spec = {"path": str(folder), "steps": steps, "guidance": 5.0, "max_batch": WAITING}
    options = {"threads": 1, "device": device, "models": {"x": spec}}
    return open_provider(Account(provider="local", kind="diffusers", name="local", options=options))


def job(number: int, size: int, folder: Path) -> Job:
    """As the runner makes it."""
    workdir = folder / str(number)
    workdir.mkdir(parents=True, exist_ok=True)
    request = GenerationRequest(
        kind=Kind.IMAGE, model="x", prompt=f"picture {number}", width=size, height=size, seed=number, output_format="png"
    )
    return Job("t", request, "x", (), workdir, "t", lambda _: None)


def plain(pipe: Any, images: int, size: int, steps: int, folder: Path) -> None:
    """What one would write in a notebook."""
    for number in range(images):
        generator = torch.Generator("cpu").manual_seed(number)
        made = pipe(
            f"picture {number}", width=size, height=size, num_inference_steps=steps, guidance_scale=5.0, generator=generator
        )
        made.images[0].save(folder / "plain.png", compress_level=4)


async def waiting(provider: DiffusersProvider, images: int, size: int, folder: Path, at_once: int) -> None:
    """`at_once` callers who each send their next request when the last is answered."""
    numbers = iter(range(images))

    async def caller() -> None:
        for number in numbers:
            await provider.start(job(number, size, folder))

    await asyncio.gather(*(caller() for _ in range(at_once)))


async def measure(work: Callable[[], Awaitable[None] | None]) -> tuple[float, float]:
    """Wall and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    if (result := work()) is not None:
        await result
    return time.perf_counter() - wall, time.process_time() - cpu


async def main() -> None:
    """Build, warm up, take turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=32, help="pictures of each way and round")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="the tiny model, on the CPU, even where there is a GPU")
    asked = parser.parse_args()
    logs.configure("warning", "json")
    gpu = torch.cuda.is_available() and not asked.tiny
    device, dtype, size = ("cuda:0", torch.bfloat16, 1024) if gpu else ("cpu", torch.float32, 64)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (sdxl if gpu else pipelines.stable_diffusion)(folder / "model")
        pipe = DiffusionPipeline.from_pretrained(folder / "model", use_safetensors=True, dtype=dtype).to(device)
        pipe.set_progress_bar_config(disable=True)
        torch.set_num_threads(1)
        provider = driver(folder / "model", asked.steps, device)
        ways: dict[str, Callable[[], Awaitable[None] | None]] = {
            "plain loop": lambda: plain(pipe, asked.images, size, asked.steps, folder),
            "one at a time": lambda: waiting(provider, asked.images, size, folder, 1),
            "eight waiting": lambda: waiting(provider, asked.images, size, folder, WAITING),
        }
        plain(pipe, 1, size, asked.steps, folder)
        await waiting(provider, 3 * WAITING, size, folder, WAITING)
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(asked.rounds):
            for way, work in ways.items():
                taken[way].append(await measure(work))
        await provider.aclose()
    where = torch.cuda.get_device_name() if gpu else "CPU, one thread, tiny model: says nothing of a GPU"
    print(f"{size} x {size}, {asked.steps} steps, {asked.images} pictures, best of {asked.rounds}; {where}")
    wall = {way: asked.images / min(each[0] for each in times) for way, times in taken.items()}
    cpu = {way: min(each[1] for each in times) / asked.images for way, times in taken.items()}
    for way in ways:
        target = f" (target {TARGETS[way]} x on a GPU)" if way in TARGETS else ""
        ratio, work = wall[way] / wall["plain loop"], cpu["plain loop"] / cpu[way]
        print(f"{way:14} {wall[way]:8.3f} pictures/s, {ratio:5.2f} x; {1000 * cpu[way]:8.1f} ms CPU each, {work:5.2f} x{target}")


if __name__ == "__main__":
    asyncio.run(main())
