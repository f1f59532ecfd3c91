import type { CheckName, State } from '../../verifier/check.ts'
import type { Note, Report } from '../../verifier/verify.ts'

interface CheckTexts {
  title: string
  passed: string
  failed: string
  pending?: string
}

const later = '种子在这一天结束后才公布，到时再核对一次'

/** What each check of the verifier means, for whoever reads the result. */
export const checkTexts: Record<CheckName, CheckTexts> = {
  format: { title: '格式', passed: '是第 1 版的回执或证明', failed: '不是这里认识的回执或证明' },
  key: { title: '密钥', passed: '签名的密钥属于文件里写的日志', failed: '密钥和文件里写的日志对不上' },
  'signature of the receipt': {
    title: '回执的签名',
    passed: '回执由这把密钥签名，签完没有改过',
    failed: '签名对不上：回执被改过，或者不是这把密钥签的',
  },
  'leaves of the receipt': {
    title: '回执里的每一抽',
    passed: '每一抽都是签名时的那一抽',
    failed: '有一抽和签名时的不一样',
  },
  'draw numbers': { title: '抽奖序号', passed: '序号一个接一个，没有缺漏', failed: '序号断开或重复了' },
  'proof in the log': {
    title: '公开日志',
    passed: '有证明',
    failed: '没有证明',
    pending: '把这次抽奖的证明也放进来，才能确认它写进了公开日志',
  },
  checkpoint: {
    title: '检查点的签名',
    passed: '证明用的检查点由同一把密钥签名',
    failed: '检查点的签名对不上，或者属于另一本日志',
  },
  'draw in the log': {
    title: '抽奖在日志里',
    passed: '每一抽都在公开日志里，和文件写的一样',
    failed: '日志里没有这样的一抽：文件被改过，或者抽奖没有写进日志',
  },
  'epoch in the log': {
    title: '承诺在日志里',
    passed: '当天的承诺和规则都在公开日志里',
    failed: '日志里没有这样的承诺',
  },
  epoch: {
    title: '先承诺，后抽奖',
    passed: '承诺在抽奖之前就写进了日志，日期和转盘也一致',
    failed: '承诺晚于抽奖，或者属于别的日期、别的转盘',
  },
  wheel: {
    title: '转盘与规则',
    passed: '奖品、概率和规则就是当天公布的那一套',
    failed: '奖品、概率或规则和当天公布的不一样',
  },
  history: {
    title: '之前的抽奖',
    passed: '之前的每一抽都在，没有少，也没有改',
    failed: '之前的抽奖少了一抽，或者被改过',
  },
  pity: {
    title: '保底计数',
    passed: '从上一次保底数起，计数一次不差',
    failed: '保底的计数不对，或者之前的抽奖不够数',
  },
  outcomes: {
    title: '结果',
    passed: '点数落在哪一格，得到的就是哪一格',
    failed: '得到的和点数落下的那一格不一样',
  },
  'prize stock': {
    title: '奖品库存',
    passed: '限量奖品抽中前的库存，和日志里上一步记的一样',
    failed: '限量奖品抽中前的库存，和日志里上一步对不上',
  },
  seed: {
    title: '种子',
    passed: '公布的种子就是抽奖前承诺的那一个',
    failed: '公布的种子不是当初承诺的',
    pending: later,
  },
  rolls: {
    title: '点数',
    passed: '用种子重算一遍，每一抽的点数都一样',
    failed: '用种子重算，点数不一样',
    pending: later,
  },
  'signature of the checkpoint': {
    title: '检查点的签名',
    passed: '检查点由同一把密钥签名',
    failed: '检查点的签名对不上',
  },
  'one log': {
    title: '同一本日志',
    passed: '两份文件里的日志没有矛盾',
    failed: '两份文件来自两本不同的日志：店家给人看了不一样的账',
  },
  'one key': { title: '同一把密钥', passed: '签名用的是同一把密钥', failed: '同一本日志用了两把密钥' },
  'one draw': {
    title: '同一次抽奖',
    passed: '没有一抽被说成两样',
    failed: '同一抽有两种说法',
  },
  'one stock': {
    title: '同一份库存',
    passed: '没有一份库存被说成两样',
    failed: '同一份库存给了两次，或者有两种说法',
  },
  'one commitment': {
    title: '同一个承诺',
    passed: '同一天的承诺没有矛盾',
    failed: '同一天有两个承诺',
  },
  'one wheel': { title: '同一个转盘', passed: '同一天的转盘没有矛盾', failed: '同一天有两个转盘' },
}

export const noteTexts: Record<Note, string> = {
  'the diner sent no seed and so took no part in the chance':
    '客户种子是空的：抽奖的人没有参与决定点数，机会完全由店家的种子决定。',
  'turns before the log began are not proven': '日志开始之前的抽奖没有证据，这里从日志里记下的计数开始核对。',
  'the documents are of two logs: of an earlier log and a later one the draw alone was compared':
    '这些文件来自先后两份日志（恢复备份后会启用新日志），只核对了其中的同一次抽奖。',
  'of a prize’s stock the last step alone is in a proof; the steps before it are in the log':
    '奖品库存只证明到上一步；更早的每一步都在公开日志里。',
  'no document here has the key that signs the checkpoint, so its signature was not checked':
    '没有和检查点同一本日志的回执或证明，所以没有核对检查点的签名。',
}

export const reportTexts = {
  states: { passed: '通过', failed: '不对', pending: '待定' } satisfies Record<State, string>,
  verdicts: {
    right: '每一项都对：这次抽奖没有被动过手脚',
    pending: '能核对的都对，还有几项要等',
    wrong: '有地方不对',
  } satisfies Record<Report['verdict'], string>,
  wrong: (titles: string) => `有地方不对：${titles}`,
  contradicts: (one: string, other: string) => `「${one}」和「${other}」互相矛盾`,
  between: (one: string, other: string) => `${one} 与 ${other}`,
  notes: '没有证明的部分',
  receipt: (id: string) => `回执 ${id}`,
  proof: (id: string) => `证明 ${id}`,
  checkpoint: (size: string) => `检查点（${size} 条）`,
  unknown: '不认识的文件',
}
