"""ComfyUI: the operator's own servers over HTTP and WebSocket; what they draw is a workflow file with the request in it."""
