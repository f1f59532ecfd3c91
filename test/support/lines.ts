import type { OcrLine } from '../../src/receipts/reading/found-text.ts'

/**
 * Lays a text out as the OCR lines of a receipt, 900 pixels wide. Each line is a row; `|` separates columns; `^` marks
 * text that is printed large and in the middle.
 */
export function linesOf(text: string): OcrLine[] {
  return text.split('\n').flatMap((row, index) => {
    const large = row.startsWith('^')
    const columns = (large ? row.slice(1) : row).split('|')
    return columns.map((column, i) => {
      const words = column.trim()
      const width = [...words].reduce((sum, character) => sum + (character > 'ÿ' ? 32 : 18), 0) * (large ? 2 : 1)
      const x = columns.length === 1 ? (large ? 350 : 40) : 40 + ((860 - width) * i) / (columns.length - 1)
      const box = { x, y: index * 50 - (large ? 20 : 0), width, height: large ? 80 : 36 }
      return { text: words, confidence: 0.98, box, quad: quadOf(box) }
    })
  })
}

function quadOf({ x, y, width, height }: OcrLine['box']): OcrLine['quad'] {
  const [right, bottom] = [x + width, y + height]
  return [
    { x, y },
    { x: right, y },
    { x: right, y: bottom },
    { x, y: bottom },
  ]
}
