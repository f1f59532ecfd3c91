/** Every code a client can meet, with the sentence it shows (Chinese, for a person, no internals). */
export const refusals = {
  1000: '登录服务开小差了，请稍后再试',
  1001: '手机号格式不正确',
  1002: '验证码错误或已过期',
  1003: '验证码发送太频繁，请稍后再试',
  1004: '微信登录失败，请重试',
  1005: '请先绑定手机号',
  2000: '用户服务开小差了，请稍后再试',
  2001: '请先登录',
  2002: '登录已过期，请重新登录',
  2003: '用户不存在',
  2004: '账号已被停用，请联系商家',
  2005: '需要商家权限',
  2006: '今天已经签到过了',
  3000: '抽奖服务开小差了，请稍后再试',
  3001: '抽奖暂未开放',
  3002: '积分不足',
  3003: '今日抽奖次数已用完',
  3004: '不支持的抽奖类型',
  4000: '兑换服务开小差了，请稍后再试',
  4001: '兑换信息有误',
  4002: '商品不存在',
  4003: '商品已下架',
  4004: '商品库存不足',
  4005: '积分不足',
  4006: '已达到该商品的兑换上限',
  4007: '兑换订单不存在',
  4008: '该订单当前状态不能取消',
  5000: '图片服务开小差了，请稍后再试',
  5001: '请选择要上传的图片',
  5002: '消费金额应在 0.01 到 9999.99 元之间',
  5003: '图片格式不支持，请上传 JPEG、PNG 或 WebP',
  5004: '图片太大了',
  5005: '这张小票已经上传过了',
  5006: '今日上传次数已用完',
  5007: '上传记录不存在',
  6000: '商家服务开小差了，请稍后再试',
  6001: '审核信息有误',
  6003: '上传记录不存在',
  6004: '该记录已审核',
  6005: '积分超过上限',
  6006: '核销码不存在',
  6007: '该券不能核销',
  6008: '不能审核自己的上传',
  6009: '商品信息有误',
  6010: '转盘配置有误',
  9000: '请求参数有误',
  9001: '请求内容无法解析',
  9002: '接口不存在',
  9003: '请求方法不支持',
  9004: '请求内容太大',
  9005: '请求内容类型不支持',
  9006: '操作太频繁，请稍后再试',
  9007: '系统繁忙，请稍后再试',
  9008: '该幂等键已用于另一个请求',
} as const

/** A code of the contract. */
export type RefusalCode = keyof typeof refusals

/** Details that go out as `data` beside a refusal's code. */
export type RefusalData = Record<string, unknown>

/** A request the rules turn down: nothing changed, and `code` says why to the client. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: RefusalCode
  readonly data: RefusalData | null
  constructor(code: RefusalCode, data: RefusalData | null = null, sentence?: string, cause?: unknown) {
    super(sentence ?? refusals[code], { cause })
    this.code = code
    this.data = data
  }
}
