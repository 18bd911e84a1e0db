//! The allocator of the command, so that worlds that a test simulates itself take no longer than there.

#[cfg(not(target_env = "musl"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
