/** What staff are called. A diner's nickname may not contain one of these. */
const words = [
  '管理员',
  '管理員',
  '客服',
  '官方',
  '店长',
  '店長',
  '店员',
  '店員',
  '服务员',
  '服務員',
  '收银',
  '收銀',
  '工作人员',
  '工作人員',
]
/** Only as whole words: "badminton" contains "admin". */
const latinWords = /(^|[^a-z])(admin|administrator|official|staff|moderator)([^a-z]|$)/

/** True for a name that is reserved for staff. Spaces, signs and full-width letters in it do not help. */
export function isReserved(name: string): boolean {
  const plain = name.normalize('NFKC').toLowerCase()
  const letters = plain.replace(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, '')
  return words.some((word) => letters.includes(word)) || latinWords.test(plain)
}
