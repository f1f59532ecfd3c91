import { giveBackMemory } from './give-back.ts'
import { createOcr, type ReadText } from './ocr.ts'
import { loadModels } from './ocr-assets.ts'
import { loadRuntime } from './ocr-runtime.ts'
import { readPhoto } from './read-photo.ts'
import type { ReaderAnswer, ReaderJob } from './reader.ts'

declare const self: Worker

let ready: Promise<ReadText> | undefined

self.onmessage = async ({ data }: MessageEvent<ReaderJob>) => {
  try {
    ready ??= load(data.scratchDir).catch((error) => {
      ready = undefined
      throw error
    })
    const readText = await ready
    answer({ id: data.id, reading: await readPhoto(readText, data.image, data.typed_fen) })
  } catch (error) {
    answer({ id: data.id, error: String(error) })
  }
  giveBackMemory()
}

async function load(scratchDir: string): Promise<ReadText> {
  const [runtime, models] = await Promise.all([loadRuntime(scratchDir), loadModels()])
  return createOcr(runtime, models)
}

function answer(message: ReaderAnswer): void {
  self.postMessage(message)
}
