"""DashScope: Alibaba Cloud Model Studio's Wan videos. A video is a task that is made once and asked for until it ends."""
