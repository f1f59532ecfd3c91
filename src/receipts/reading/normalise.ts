/**
 * Makes text easy to compare. Full width becomes half width, and the traditional characters of labels become
 * simplified. Blanks between Chinese characters go. Labels in which a character was misread for a similar one are
 * corrected.
 */
export function normalise(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character)
    .replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '')
    .trim()
  return misreadings.reduce((words, [wrong, right]) => words.replace(wrong, right), plain)
}

const misreadings: readonly (readonly [RegExp, string])[] = [
  [/(?<=[合总小共])[汁讣什]/gu, '计'],
  [/[台含](?=计)/gu, '合'],
  [/(?<=[实应])[忖村]/gu, '付'],
  [/(?<=[实应])牧/gu, '收'],
  [/[买宾](?=[付收])/gu, '实'],
  [/[撤撒][销消锁]/gu, '撤销'],
  [/(?<=[A-Za-z]{3})1(?=\s?[A-Za-z])/gu, 'l'],
]

// Each traditional character of a label is followed by its simplified one.
const simplified: ReadonlyMap<string, string> = new Map(
  (
    '計计總总實实應应優优額额單单號号餘余價价現现費费時时間间稅税結结帳账賬账錢钱續续贖赎東东據据發发編编務务數数' +
    '員员開开點点銀银聯联訂订購购買买貨货運运會会儲储達达類类項项貳贰陸陆參叁叄叁萬万圓圆淨净減减讓让補补團团' +
    '請请後后禮礼'
  )
    .match(/../gu)
    ?.map((pair): [string, string] => [pair.slice(0, 1), pair.slice(1)]),
)
