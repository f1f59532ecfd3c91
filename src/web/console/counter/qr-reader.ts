import decode from 'qr/decode.js'

/** The text of the QR code in a picture, read without the browser's help; null when there is none. */
export function textIn({ width, height, data }: ImageData): string | null {
  try {
    return decode({ width, height, data }, { timeLimit: 60 })
  } catch {
    return null
  }
}
