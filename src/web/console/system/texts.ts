interface JobWords {
  name: string
  about: string
}

const jobs: Record<string, JobWords> = {
  'change-wheel': { name: '启用新转盘', about: '到时间后，把预告的转盘改动换上' },
  'expire-reviews': { name: '关闭过期小票', about: '太久没有审核的小票自动关闭，并告诉顾客' },
  'expire-approvals': { name: '关闭过期审批', about: '7 天没有人决定的申请自动结束' },
  'expire-orders': { name: '退回过期订单', about: '没有来取的兑换退回积分和库存' },
  'expire-vouchers': { name: '结束过期卡券', about: '到期的中奖卡券不能再核销' },
  'open-epoch': { name: '开始新的抽奖日', about: '公布前一天的种子，启用当天的种子' },
  'begin-log': { name: '开始存证日志', about: '只做一次：记下日志开始前的余额和库存' },
  'tell-checkpoint': { name: '播报存证检查点', about: '把当天的检查点发给告警群' },
  'send-checkpoint': { name: '送出存证检查点', about: '把当天的检查点交给见证人' },
  purge: { name: '清理旧记录', about: '清掉用过的验证码、旧会话、旧告警等不再需要的记录' },
  'sweep-images': { name: '清理图片', about: '把没有记录的图片移到隔离区' },
  'watch-gifts': { name: '检查发放', about: '看有没有员工反复给同一位顾客发积分' },
  'watch-odds': { name: '检查抽奖概率', about: '看抽奖结果与公布的概率是否相符' },
  reconcile: { name: '对账', about: '核对每个余额和库存与流水是否一致' },
}

export const texts = {
  title: '系统',
  health: {
    title: '运行状况',
    statuses: { healthy: '一切正常', unhealthy: '有部件不可用' },
    partly: '可以使用，但有部件需要查看',
    checks: { database: '数据库', storage: '图片存储', jobs: '定时任务', realtime: '实时推送' },
    states: { ok: '正常', away: '连不上', failing: '有失败', off: '未启用' },
    uptime: (days: number, hours: number, minutes: number) =>
      days > 0
        ? `已运行 ${days} 天 ${hours} 小时`
        : hours > 0
          ? `已运行 ${hours} 小时 ${minutes} 分`
          : `已运行 ${minutes} 分钟`,
    host: (host: string) => `回答的机器：${host}`,
  },
  queues: {
    title: '排队与连接',
    till: '等待写入',
    reader: '等待识别的小票',
    connections: '数据库连接',
    callers: '等待连接',
    sockets: '在线页面',
    of: (count: string, most: string) => `${count} / ${most}`,
  },
  versions: { title: '版本', program: '程序', runtime: '运行环境', database: '数据库', schema: '表结构' },
  alerts: {
    title: '今天的告警',
    none: '今天没有告警',
    times: (count: number) => `${count} 次`,
  },
  jobs: {
    title: '定时任务',
    words: (name: string): JobWords => jobs[name] ?? { name, about: '' },
    never: '还没有运行过',
    running: '正在运行',
    failed: '失败',
    stopped: '没有结束',
    rows: (count: string) => `处理 ${count} 项`,
    due: (when: string) => `下次 ${when}`,
    dueNow: '等待运行',
    runs: '最近的运行',
    by: (instance: string) => `运行的进程：${instance}`,
    run: '现在运行',
    sure: (name: string) => `现在运行“${name}”？会记入操作记录`,
    confirm: '确认运行',
    notYet: '先不运行',
    unknown: '没有这个任务',
    outcomes: {
      done: (rows: string) => `已运行，处理 ${rows} 项`,
      failed: '运行失败，原因见下方记录',
      stopped: '服务正在停止，没有运行完',
      busy: '这个任务正在运行，没有重复运行',
      running: '已经开始，需要一些时间，结束后会显示在这里',
      asked: '之前已经提交过，没有重复运行',
    },
  },
}
