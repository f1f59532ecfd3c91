import type { InferenceSession, Tensor } from 'onnxruntime-node'
import {
  type Box,
  DetectionService,
  Image,
  type OrtInferenceSession,
  type OrtModule,
  RecognitionService,
} from 'paddleocr'
import { readImageHeader } from '../photo/image-header.ts'
import { decodePixels, type Pixels } from '../photo/pixels.ts'
import { blur } from './blur.ts'
import type { FoundText, Quad } from './found-text.ts'
import { giveBackMemory } from './give-back.ts'
import type { OcrModels } from './ocr-assets.ts'
import { runsSideways } from './straighten.ts'

/** The parts of onnxruntime-node that reading needs. */
export type OnnxRuntime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>

/** The text of an image, and where it stands in the image once that is turned upright, in pixels. */
export interface Page {
  texts: readonly FoundText[]
  /** How far the image was turned, clockwise, and its size afterwards. */
  turn: Turn
  width: number
  height: number
  /** The image, turned. */
  pixels: Pixels
  /**
   * Reads the amounts again, in a slightly blurred copy of the image. What the model read by chance, it reads otherwise
   * there. Call it once.
   */
  again(): Promise<FoundText[]>
}

/**
 * Turns an image upright and reads its text.
 * @throws when the bytes are no image.
 */
export type ReadText = (image: Uint8Array) => Promise<Page>

/**
 * Loads the models. They use one thread and give memory back after every step, because a server runs beside them. A
 * photo then takes about two seconds.
 */
export async function createOcr(runtime: OnnxRuntime, models: OcrModels): Promise<ReadText> {
  const open = async (model: ArrayBuffer) => adapt(await runtime.InferenceSession.create(model, sessionOptions))
  const ort: OrtModule = { Tensor: runtime.Tensor, InferenceSession: { create: open } }
  const ocr = new Ocr(
    new DetectionService(ort, await open(models.detector), detectionOptions),
    new RecognitionService(ort, await open(models.recogniser), {
      ...recognitionOptions,
      charactersDictionary: models.characters,
    }),
  )
  return (image) => ocr.read(image)
}

export type Turn = 0 | 90 | 180 | 270

/** An image in one of its four turns, the boxes of its text, and what was read in them so far. */
interface View {
  pixels: Pixels
  /** The same pixels as the models take them. */
  image: Image
  turn: Turn
  boxes: Box[]
  read: Map<Box, FoundText[]>
}

class Ocr {
  readonly #detection: DetectionService
  readonly #recognition: RecognitionService

  constructor(detection: DetectionService, recognition: RecognitionService) {
    this.#detection = detection
    this.#recognition = recognition
  }

  async read(bytes: Uint8Array): Promise<Page> {
    const view = await this.#findUpright(bytes)
    const { pixels, turn, boxes } = view
    const texts = await this.#readAll(view, boxes)
    const again = async () => {
      blur(pixels)
      const hasAmount = (box: Box) => view.read.get(box)?.some(({ text }) => amountForm.test(text)) ?? false
      for (const box of boxes.filter(hasAmount)) view.read.delete(box)
      return this.#readAll(view, boxes)
    }
    return { texts, turn, width: pixels.width, height: pixels.height, pixels, again }
  }

  async #readAll(view: View, boxes: readonly Box[]): Promise<FoundText[]> {
    const texts: FoundText[] = []
    for (const box of boxes) texts.push(...(await this.#recognise(view, box)))
    return texts.filter(({ text, confidence }) => text !== '' && confidence >= leastConfidence)
  }

  async #findUpright(bytes: Uint8Array): Promise<View> {
    const asSent = await this.#look(bytes, 0)
    const sideways = runsSideways(asSent.boxes.map(quadOf))
    const tried: { view: View; legibility: number }[] = []
    for (const turn of sideways ? ([90, 270] as const) : ([0, 180] as const)) {
      // What is left of the look before would come on top of this one.
      if (turn !== 0) giveBackMemory()
      const view = turn === 0 ? asSent : await this.#look(bytes, turn)
      const legibility = await this.#legibility(view)
      if (legibility >= legible) return view
      tried.push({ view, legibility })
    }
    return tried.reduce((best, next) => (next.legibility > best.legibility ? next : best)).view
  }

  async #look(bytes: Uint8Array, turn: Turn): Promise<View> {
    const size = readImageHeader(bytes) ?? { width: 0, height: 0 }
    const pixels = await decodePixels(bytes, { rotate: turn, maxSide_px: sideFor(readArea_px, size) })
    const image = new Image(pixels.width, pixels.height, 3, pixels.data)
    const boxes = await this.#detection.run(image, { maxSideLength: sideFor(detectedArea_px, size) })
    return { pixels, image, turn, boxes, read: new Map() }
  }

  // Text that is upside down is read with little confidence. The longest lines show it best.
  async #legibility(view: View): Promise<number> {
    const longest = [...view.boxes].sort((a, b) => b.width - a.width).slice(0, sampledBoxes)
    let sum = 0
    for (const box of longest) sum += (await this.#recognise(view, box))[0]?.confidence ?? 0
    return longest.length === 0 ? 1 : sum / longest.length
  }

  async #recognise({ image, read }: View, box: Box): Promise<FoundText[]> {
    const known = read.get(box)
    if (known) return known
    const results = await this.#recognition.run(image, [box])
    const found = results.map(({ text, confidence }) => ({ text, confidence, quad: quadOf(box) }))
    read.set(box, found)
    return found
  }
}

// Both packages mean the same session, but their types differ a little.
function adapt(session: InferenceSession): OrtInferenceSession {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (feeds: Record<string, Tensor>) => session.run(feeds),
  }
}

const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
} as const
const detectionOptions = { channelOrder: 'bgr' } as const
const recognitionOptions = { channelOrder: 'bgr', imageWidth: 112 } as const
// Text is found in a smaller image than the one it is read in. Both are bounded by area, so a long receipt keeps its
// width.
const readArea_px = 2_800_000
const detectedArea_px = 1_100_000
const leastConfidence = 0.5
// Anything that may be an amount. Dates and long numbers cost the most time, and tell nothing about it.
const amountForm = /\d\s?[.,:·。]\s?\d{1,2}(?!\d)|[¥￥元$]|RM|^\d{1,7}$/
const sampledBoxes = 6
const legible = 0.85

function quadOf({ x, y, width, height, points }: Box): Quad {
  return (
    points ?? [
      { x, y },
      { x: x + width, y },
      { x: x + width, y: y + height },
      { x, y: y + height },
    ]
  )
}

function sideFor(area: number, { width, height }: { width: number; height: number }): number {
  return Math.ceil(Math.max(width, height) * Math.min(1, Math.sqrt(area / Math.max(1, width * height))))
}
