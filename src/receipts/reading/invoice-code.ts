import decodeQR from 'qr/decode.js'
import type { Pixels } from '../photo/pixels.ts'

/** What the QR code of an electronic invoice says. Anyone can print such a code: it proves nothing by itself. */
export interface InvoiceCode {
  /** The invoice's number; of older invoices the code of their series and the number, joined by a dash. */
  number: string
  amount_fen: number
  /** The day of the invoice, `YYYY-MM-DD`. */
  day: string
  /** False for older invoices, whose code may give the amount without tax. */
  includesTax: boolean
}

const readTime_ms = 150

/** Looks for the code of an electronic invoice in a picture. */
export function findInvoiceCode({ width, height, data }: Pixels): InvoiceCode | null {
  try {
    return parseInvoiceCode(decodeQR({ width, height, data }, { format: 'RGB', timeLimit: readTime_ms }))
  } catch {
    // The decoder throws when it finds no code.
    return null
  }
}

const kindsWithTax = ['31', '32', '51', '59', '61']

/**
 * Parses the text of an invoice's code: `01,32,,number,amount,date,,…` of fully digital invoices, and
 * `01,10,code,number,amount,date,check,…` of older ones. Null for any other text.
 */
export function parseInvoiceCode(text: string): InvoiceCode | null {
  const [version, kind = '', series = '', number = '', amount = '', date = ''] = text.trim().split(',')
  const [, year, month, day] = /^(20\d\d)(\d\d)(\d\d)$/.exec(date) ?? []
  const isNumbered = /^\d{8}$|^\d{20}$/.test(number) && /^\d{10}$|^\d{12}$|^$/.test(series)
  if (version !== '01' || !/^\d\d$/.test(kind) || !isNumbered || year === undefined) return null
  const [, yuan, fen = ''] = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(amount) ?? []
  if (yuan === undefined) return null
  return {
    number: series === '' ? number : `${series}-${number}`,
    amount_fen: Number(yuan) * 100 + Number(fen.padEnd(2, '0')),
    day: `${year}-${month}-${day}`,
    includesTax: kindsWithTax.includes(kind),
  }
}
