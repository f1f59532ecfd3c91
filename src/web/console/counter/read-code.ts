interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>
}

interface Detectors {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

/** Reads the QR code in what a camera or a photo shows; null when there is none. */
export type ReadCode = (source: CanvasImageSource, width: number, height: number) => Promise<string | null>

const most_px = 800

/** The browser's own reader where it has one, else ours, which is loaded then. */
export async function codeReader(): Promise<ReadCode> {
  const { BarcodeDetector: detectors } = globalThis as { BarcodeDetector?: Detectors }
  const formats = (await detectors?.getSupportedFormats().catch(() => [])) ?? []
  if (!detectors || !formats.includes('qr_code')) return ownReader()
  const detector = new detectors({ formats: ['qr_code'] })
  return async (source) => (await detector.detect(source).catch(() => []))[0]?.rawValue ?? null
}

async function ownReader(): Promise<ReadCode> {
  const { textIn } = await import('./qr-reader.ts')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return async (source, width, height) => {
    const scale = Math.min(1, most_px / Math.max(width, height))
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    context?.drawImage(source, 0, 0, canvas.width, canvas.height)
    const picture = context?.getImageData(0, 0, canvas.width, canvas.height)
    return picture ? textIn(picture) : null
  }
}
