import { dlopen } from 'bun:ffi'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { OnnxRuntime } from './ocr.ts'

/**
 * Loads onnxruntime. In a compiled binary the library lies inside the binary, where the system's linker can't see it.
 * So it is copied into a new folder under `scratchDir`, loaded from there and deleted at once. The binding that asks
 * for it by name then finds it loaded. `scratchDir` must be writable by this user alone, and code must be allowed to
 * load from it.
 */
export async function loadRuntime(scratchDir: string): Promise<OnnxRuntime> {
  const library = await libraryFile()
  if (library.startsWith(insideBinary)) await loadLibrary(library, scratchDir)
  const module = await import('onnxruntime-node')
  return { InferenceSession: module.InferenceSession, Tensor: module.Tensor }
}

const insideBinary = '/$bunfs/'

// A build knows its architecture and leaves the other library out.
async function libraryFile(): Promise<string> {
  const { default: library } =
    process.arch === 'arm64'
      ? await import('onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1', { with: { type: 'file' } })
      : await import('onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1', { with: { type: 'file' } })
  return library
}

async function loadLibrary(library: string, scratchDir: string): Promise<void> {
  const folder = await mkdtemp(join(scratchDir, 'onnxruntime-'))
  try {
    const path = join(folder, 'libonnxruntime.so.1')
    await Bun.write(path, Bun.file(library))
    dlopen(path, { OrtGetApiBase: { args: [], returns: 'ptr' } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
