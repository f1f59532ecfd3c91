import type { Chance } from './chance.ts'

/** A picture before it is spoiled: its page, and what is true of it. */
export interface Drawing {
  /** The page's body. */
  html: string
  css?: string
  width: number
  /** What was paid, in fen. Null for a picture that shows no payment. */
  paid: number | null
  /** A screen is captured as it is. Paper is photographed. */
  material: 'paper' | 'screen'
}

export type Layout = (chance: Chance) => Drawing

/** A row with texts at both ends. */
export function ends(left: string, right: string, style = ''): string {
  return `<div class="ends" style="${style}"><span>${left}</span><span>${right}</span></div>`
}

export function centred(text: string, style = ''): string {
  return `<div style="text-align:center;${style}">${text}</div>`
}

/** A table without lines. The first column is wide, the others end at the right. */
export function columns(rows: readonly (readonly string[])[], widths: readonly number[], style = ''): string {
  const cells = (row: readonly string[]) =>
    row.map((cell, at) => `<td style="width:${widths[at]}%;text-align:${at === 0 ? 'left' : 'right'}">${cell}</td>`)
  return `<table style="width:100%;${style}">${rows.map((row) => `<tr>${cells(row).join('')}</tr>`).join('')}</table>`
}

export const dashes = '<hr style="border:0;border-top:2px dashed #333;margin:10px 0">'
export const bar = '<hr style="border:0;border-top:2px solid #222;margin:10px 0">'
