export interface Point {
  x: number
  y: number
}

/** The corners of a text box, in pixels, as its text runs: top left, top right, bottom right, bottom left. */
export type Quad = readonly [Point, Point, Point, Point]

/** A text that was read, and where: its box is tilted as the photo is. */
export interface FoundText {
  text: string
  /** 0 to 1. */
  confidence: number
  quad: Quad
}

/** A text, and where it stands once all lines are level, in pixels from the top left. */
export interface OcrLine extends FoundText {
  box: { x: number; y: number; width: number; height: number }
}
