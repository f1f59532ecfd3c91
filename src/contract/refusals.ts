import { z } from 'zod'

/** Which fields of the request are wrong. Null where no single field is to blame. */
const issues = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) }).nullable()
const shortage = z.object({ required: z.int(), current: z.int(), shortage: z.int() })
const limitUsed = z.object({ limit: z.int(), used: z.int() })
const currentStatus = z.object({ current_status: z.string() })
const seconds = z.int().min(1)
const nothing = z.null()

/**
 * Every code that a client can get, with its usual sentence (Chinese, for a person, no internals) and its `data`. Where a
 * refusal knows more, it says so instead: the points that are short, the cap that was passed.
 */
export const refusals = {
  /** Sign-in failed on our side. */
  1000: { sentence: '登录服务开小差了，请稍后再试', data: nothing },
  /** Phone format. */
  1001: { sentence: '手机号格式不正确', data: issues },
  /** Code wrong, used or expired. */
  1002: { sentence: '验证码错误或已过期', data: issues },
  /** Codes asked for too often. */
  1003: { sentence: '验证码发送太频繁，请稍后再试', data: z.object({ retry_after: seconds }) },
  /** WeChat refused. */
  1004: { sentence: '微信登录失败，请重试', data: issues },
  /** Phone needed to bind. */
  1005: { sentence: '请先绑定手机号', data: z.object({ bind_required: z.literal(true) }) },
  /** Accounts failed on our side. */
  2000: { sentence: '用户服务开小差了，请稍后再试', data: nothing },
  /** No token. */
  2001: { sentence: '请先登录', data: nothing },
  /** Token invalid or expired. */
  2002: { sentence: '登录已过期，请重新登录', data: issues },
  /** No such user. */
  2003: { sentence: '用户不存在', data: nothing },
  /** Account stopped. */
  2004: { sentence: '账号已被停用，请联系商家', data: nothing },
  /** Not a merchant. */
  2005: { sentence: '需要商家权限', data: nothing },
  /** Checked in today. */
  2006: { sentence: '今天已经签到过了', data: nothing },
  /** The caller's role lacks a right; `required` names it. */
  2007: { sentence: '你的岗位没有这项权限', data: z.object({ required: z.string() }) },
  /** Lottery failed on our side. */
  3000: { sentence: '抽奖服务开小差了，请稍后再试', data: nothing },
  /** Wheel closed. */
  3001: { sentence: '抽奖暂未开放', data: nothing },
  /** Points short. */
  3002: { sentence: '积分不足', data: shortage },
  /** Daily limit of draws. */
  3003: { sentence: '今日抽奖次数已用完', data: limitUsed },
  /** Unknown draw type. */
  3004: { sentence: '不支持的抽奖类型', data: issues },
  /** Who has a role doesn't draw. */
  3005: { sentence: '店员不能参与抽奖', data: nothing },
  3006: { sentence: '没有找到这次抽奖', data: nothing },
  3007: { sentence: '这次抽奖还在存证中，请稍后再试', data: z.object({ retry_after: z.int() }) },
  /** Exchange failed on our side. */
  4000: { sentence: '兑换服务开小差了，请稍后再试', data: nothing },
  /** Bad order. */
  4001: { sentence: '兑换信息有误', data: issues },
  /** No such product. */
  4002: { sentence: '商品不存在', data: nothing },
  /** Not on sale. */
  4003: { sentence: '商品已下架', data: nothing },
  /** Stock short. */
  4004: { sentence: '商品库存不足', data: z.object({ available_stock: z.int().min(0) }) },
  /** Points short. */
  4005: { sentence: '积分不足', data: shortage },
  /** Limit for each person. */
  4006: { sentence: '已达到该商品的兑换上限', data: limitUsed },
  /** No such order. */
  4007: { sentence: '兑换订单不存在', data: nothing },
  /** Order can no longer be cancelled. */
  4008: { sentence: '该订单当前状态不能取消', data: currentStatus },
  /** Too many orders wait at the counter. */
  4009: { sentence: '待领取的兑换已达上限，请先到店领取或取消', data: limitUsed },
  /** A new account that has earned nothing yet. */
  4010: { sentence: '先签到一次，或等第一张小票通过审核，就可以兑换啦', data: nothing },
  /** Images failed on our side. */
  5000: { sentence: '图片服务开小差了，请稍后再试', data: nothing },
  /** No image. */
  5001: { sentence: '请选择要上传的图片', data: nothing },
  /** Amount out of range. */
  5002: { sentence: '消费金额应在 0.01 到 9999.99 元之间', data: issues },
  /** No accepted image. */
  5003: { sentence: '图片格式不支持，请上传 JPEG、PNG 或 WebP', data: nothing },
  /** Image too large. */
  5004: { sentence: '图片太大了', data: nothing },
  /** Photo sent before. */
  5005: { sentence: '这张小票已经上传过了', data: z.object({ upload_id: z.string() }).nullable() },
  /** Daily limit of uploads. */
  5006: { sentence: '今日上传次数已用完', data: z.object({ limit: z.int() }) },
  /** No such upload. */
  5007: { sentence: '上传记录不存在', data: nothing },
  /** Merchant side failed on our side. */
  6000: { sentence: '商家服务开小差了，请稍后再试', data: nothing },
  /** Bad review. */
  6001: { sentence: '审核信息有误', data: issues },
  /** No such upload. */
  6003: { sentence: '上传记录不存在', data: nothing },
  /** Already reviewed. */
  6004: { sentence: '该记录已审核', data: currentStatus },
  /** Points above the cap. */
  6005: { sentence: '积分超过上限', data: z.object({ max_points: z.int() }) },
  /** No such voucher. */
  6006: { sentence: '核销码不存在', data: nothing },
  /** Voucher not active. */
  6007: { sentence: '该券不能核销', data: currentStatus },
  /** Own upload. */
  6008: { sentence: '不能审核自己的上传', data: nothing },
  /** Bad product. */
  6009: { sentence: '商品信息有误', data: issues },
  /** Bad wheel. */
  6010: { sentence: '转盘配置有误', data: issues },
  /** Neither who asked nor whom it is for may approve. */
  6012: { sentence: '需要由另一位负责人审批', data: nothing },
  /** Nothing is changed before another person approves. */
  6013: { sentence: '已提交审批，等另一位负责人同意后生效', data: z.object({ approval_id: z.string() }) },
  /** Nothing was read on the photo: it takes the reviewer's own amount, one receipt at a time. */
  6014: { sentence: '这张小票没有识别出金额，请单独审核并填写金额', data: nothing },
  /** The last owner stays one. */
  6015: { sentence: '至少要保留一位店主', data: nothing },
  /** Bad field. */
  9000: { sentence: '请求参数有误', data: issues },
  /** Body not readable. */
  9001: { sentence: '请求内容无法解析', data: nothing },
  /** No such route. */
  9002: { sentence: '接口不存在', data: nothing },
  /** Wrong method. */
  9003: { sentence: '请求方法不支持', data: nothing },
  /** Body too large. */
  9004: { sentence: '请求内容太大', data: nothing },
  /** Wrong content type. */
  9005: { sentence: '请求内容类型不支持', data: nothing },
  /** Too many requests. */
  9006: { sentence: '操作太频繁，请稍后再试', data: z.object({ retry_after: seconds }) },
  /** Busy, and nothing happened. */
  9007: { sentence: '系统繁忙，请稍后再试', data: nothing },
  /** Key used for another request. */
  9008: { sentence: '该幂等键已用于另一个请求', data: nothing },
  /** Outcome not known yet. */
  9009: { sentence: '结果还在确认中，请稍后在记录里查看', data: nothing },
} as const

/** A code of the contract. */
export type RefusalCode = keyof typeof refusals

/** The `data` that is sent with a refusal's code. */
export type RefusalData<Code extends RefusalCode = RefusalCode> = z.input<(typeof refusals)[Code]['data']>

/** The codes that can say which fields are wrong. */
export type FieldCode = {
  [Code in RefusalCode]: typeof issues extends (typeof refusals)[Code]['data'] ? Code : never
}[RefusalCode]

/** The codes that need no details. */
export type BareCode = {
  [Code in RefusalCode]: null extends RefusalData<Code> ? Code : never
}[RefusalCode]

interface More {
  /** Replaces the code's own sentence. */
  sentence?: string | undefined
  /** For the log; the client never sees it. */
  cause?: unknown
}

/** `data` may be left out where it may be null. */
type Details<Code extends RefusalCode> =
  null extends RefusalData<Code> ? [data?: RefusalData<Code>, more?: More] : [data: RefusalData<Code>, more?: More]

/** The rules turn a request down. Nothing changed, and `code` tells the client why. */
export class Refusal<Code extends RefusalCode = RefusalCode> extends Error {
  override name = 'Refusal'
  readonly code: Code
  readonly data: RefusalData<Code> | null
  constructor(code: Code, ...[data, more]: Details<Code>) {
    super(more?.sentence ?? refusals[code].sentence, { cause: more?.cause })
    this.code = code
    this.data = data ?? null
  }
}
