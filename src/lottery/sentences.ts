import type { DrawType } from './wheel.ts'

/** What a diner reads on the button and in the ledger. */
export const drawTypeNames: Record<DrawType, string> = {
  single: '单抽',
  triple: '三连抽',
  quintuple: '五连抽',
  decade: '十连抽',
}
