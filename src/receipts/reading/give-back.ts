import { dlopen } from 'bun:ffi'

/**
 * Gives the memory of one photo back to the system. Pixels and tensors are few and large: without this, those of several
 * photos pile up before they are collected, and the C library keeps what was freed.
 */
export function giveBackMemory(): void {
  Bun.gc(true)
  trim?.(0)
}

const trim = openTrim()

// Other C libraries than GNU's have no such call.
function openTrim(): ((keep_bytes: number) => number) | undefined {
  try {
    return dlopen('libc.so.6', { malloc_trim: { args: ['usize'], returns: 'i32' } }).symbols.malloc_trim
  } catch {
    return undefined
  }
}
