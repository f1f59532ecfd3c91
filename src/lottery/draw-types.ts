import type { drawTypes } from './schema.ts'

export type DrawType = (typeof drawTypes)[number]

interface DrawTypeRules {
  /** Turns in one request. */
  count: number
  /** The label on the button and in the ledger. */
  name: string
}

export const drawTypeRules: Record<DrawType, DrawTypeRules> = {
  single: { count: 1, name: '单抽' },
  triple: { count: 3, name: '三连抽' },
  quintuple: { count: 5, name: '五连抽' },
  decade: { count: 10, name: '十连抽' },
}
