"""A server that speaks OpenAI's protocol: SGLang-Diffusion, vLLM-Omni, LocalAI and their like. Pictures are the answer to their
submit; videos are jobs in the shape of OpenAI's former video API, which those servers kept."""
