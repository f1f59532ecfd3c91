import { z } from 'zod'

/** ISO 8601 in UTC with `Z`. */
export const timestamp = z.iso.datetime()

/** A phone number of mainland China. */
export const phone = z.string().regex(/^1[3-9]\d{9}$/, '手机号格式不正确')

/** Control characters, lone surrogates, and characters that change the reading direction. */
const unfit = /\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u

/** A character that a reader sees. Blanks, fillers, marks without a letter and the empty Braille pattern are not. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{C}\p{M}\u2800\u{1d159}]/u

/** Text with at most `most` characters. It is empty when a reader sees none of them. */
const seen = (string: z.ZodString, most: number, isUnfit: (text: string) => boolean) =>
  string
    .overwrite((text) => (visible.test(text) || isUnfit(text) ? text : ''))
    .max(most)
    .refine((text) => !isUnfit(text), '含有不支持的字符')

/** One line of text for people, trimmed. */
export const line = (most: number) => seen(z.string().trim(), most, (text) => unfit.test(text))

/** Text for people; it may have several lines. */
export const prose = (most: number) => seen(z.string(), most, (text) => unfit.test(text.replace(/[\n\r\t]/g, '')))

/** What an ASCII column of ids and keys can hold. */
export const visibleAscii = /^[\x21-\x7e]{1,64}$/

/** The id of a row in an ASCII column. The database can't compare other text with it. */
export const asciiId = z.string().regex(visibleAscii, '编号无效')

/** The numeric id of a row, up to the largest INT. */
export const rowId = z.int().min(1).max(2_147_483_647)

/** The number of a row in a path or a query string. */
export const rowIdText = z
  .string()
  .regex(/^\d{1,10}$/, '应为整数')
  .transform(Number)
  .pipe(rowId)

/** The numeric id of a row in a path. */
export const rowIdParam = z.object({ id: rowIdText })

/** A whole number in a query string. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, '应为整数')
    .transform(Number)
    .pipe(z.int().min(min).max(max))

/** Which part of a list: `page` from 1, `limit` rows of it. */
export const pageQuery = z.object({
  page: wholeNumber(1, 1_000_000).default(1),
  limit: wholeNumber(1, 100).default(20),
})

export const pagination = z.object({ page: z.int(), limit: z.int(), total: z.int(), total_pages: z.int() })

/** The `pagination` of a list of `total` rows. */
export function paginationOf({ page, limit }: z.output<typeof pageQuery>, total: number): z.output<typeof pagination> {
  return { page, limit, total, total_pages: Math.ceil(total / limit) }
}

/** An answer without details. */
export const nothing = z.object({})

const someDays = { first: '2000-01-01', last: '2999-12-31' }

/** A business day, `YYYY-MM-DD`, within the dates that every database can store. */
export const day = z.iso.date().refine((date) => someDays.first <= date && date <= someDays.last)
