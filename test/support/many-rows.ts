import type { Database } from '../../src/db/client.ts'

const rows = 3_000
const people = 100

const hoursAgo = 'UTC_TIMESTAMP(3) - INTERVAL n HOUR'
const hoursAhead = 'UTC_TIMESTAMP(3) + INTERVAL n HOUR'
const orderId = "CONCAT('EX_', LPAD(n, 16, '0'))"
const uploadId = "CONCAT('UP_', LPAD(n, 16, '0'))"
const code = "CONCAT('C', LPAD(n, 9, '0'))"
const someone = `1 + n % ${people}`

/** By table, the SQL of each column, from the row's number `n`. Most rows are old and settled, as after long use. */
const columnsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  users: {
    user_id: 'n + 1',
    mobile: "CONCAT('137', LPAD(n, 8, '0'))",
    wx_openid: "CONCAT('openid-', n)",
    is_merchant: 'n % 500 = 0',
    created_at: hoursAgo,
  },
  log_entries: { leaf_count: '1', root: 'UNHEX(SHA2(n, 256))', leaves: "''", created_at: hoursAgo },
  sessions: {
    session_id: "CONCAT('session-', n)",
    user_id: someone,
    generation: '1',
    rotated_at: hoursAgo,
    repeated: '0',
    expires_at: hoursAhead,
    created_at: hoursAgo,
  },
  sms_codes: {
    phone: "CONCAT('137', LPAD(n, 8, '0'))",
    code_hash: "''",
    expires_at: hoursAhead,
    wrong_tries: '0',
    sends: "'[]'",
  },
  idempotency_keys: {
    owner: someone,
    idem_key: "CONCAT('key-', n)",
    operation: "'draw'",
    fingerprint: "''",
    answer: "'{}'",
    created_at: hoursAgo,
  },
  points_records: {
    user_id: someone,
    seq: `1 + FLOOR(n / ${people})`,
    points: '1',
    type: "'earn'",
    source: "'check_in'",
    related_id: "CONCAT('CI_', n)",
    description: "''",
    balance_after: '1',
    created_at: hoursAgo,
  },
  check_ins: {
    user_id: someone,
    business_day: `CONCAT('2020-01-', LPAD(1 + FLOOR(n / ${people}), 2, '0'))`,
    streak_days: '1',
    points: '1',
    created_at: hoursAgo,
  },
  lottery_pity: {
    user_id: 'n + 1',
    current_count: '0',
    draws_day: "'2020-01-01'",
    draws_today: '0',
    updated_at: hoursAgo,
  },
  lottery_records: {
    draw_id: "CONCAT('DR_', LPAD(n, 16, '0'))",
    draw_sequence: '1',
    user_id: someone,
    prize_id: '1 + n % 8',
    prize_name: "''",
    prize_type: "'points'",
    prize_value: '1',
    draw_type: "'single'",
    points_cost: '100',
    points_awarded: '1',
    is_near_miss: '0',
    is_pity: '0',
    wheel_version: 'FLOOR(n / 500)',
    created_at: hoursAgo,
  },
  products: {
    commodity_id: '1000 + n',
    name: "CONCAT('product ', n)",
    category: "'drinks'",
    exchange_points: '1',
    status: "'deleted'",
    created_at: hoursAgo,
  },
  wheel_versions: {
    version: '1000 + n',
    effective_from: hoursAgo,
    cost_points: '100',
    daily_limit: '10',
    pity_limit: '10',
    pity_prize_id: '3',
    near_miss_width: '200',
    created_at: hoursAgo,
  },
  wheel_version_prizes: {
    version: '1000 + n',
    angle: '0',
    prize_id: '1',
    prize_name: "''",
    prize_type: "'empty'",
    prize_value: '0',
    color: "''",
    probability: '1',
    is_activity: '0',
  },
  prize_movements: {
    prize_id: '1 + n % 8',
    quantity_change: '1',
    operation: "'adjust'",
    wheel_version: '1000 + n',
    last_record_id: '0',
    created_at: hoursAgo,
  },
  stock_movements: {
    commodity_id: '1000 + n',
    quantity_change: '1',
    operation: "'restock'",
    related_id: "CONCAT('MV_', n)",
    created_at: hoursAgo,
  },
  exchange_records: {
    exchange_id: orderId,
    exchange_code: code,
    user_id: someone,
    commodity_id: '1000 + n % 300',
    product_name: "''",
    quantity: '1',
    total_points: '1',
    status: "IF(n < 30, 'pending', 'completed')",
    expires_at: hoursAhead,
    created_at: hoursAgo,
  },
  vouchers: {
    code: code,
    kind: "'product'",
    user_id: someone,
    source_id: orderId,
    title: "''",
    quantity: '1',
    status: "IF(n < 30, 'active', 'redeemed')",
    expires_at: hoursAhead,
    created_at: hoursAgo,
  },
  upload_reviews: {
    upload_id: uploadId,
    user_id: someone,
    image_key: "CONCAT('image-', n)",
    image_sha256: 'n',
    image_phash: "''",
    estimated_points: '1',
    read_number: "CONCAT('NO-', n)",
    flags: "'[]'",
    review_status: "IF(n < 30, 'pending', 'approved')",
    points_awarded: '1',
    reviewer_id: `IF(n < 30, NULL, 1 + n % ${people})`,
    review_time: `IF(n < 30, NULL, ${hoursAgo})`,
    created_at: hoursAgo,
  },
  points_given: {
    business_day: `CONCAT('2020-01-', LPAD(1 + n % 28, 2, '0'))`,
    giver_id: someone,
    diner_id: 'n',
  },
  approvals: {
    approval_id: "CONCAT('AP_', LPAD(n, 16, '0'))",
    kind: "'correction'",
    subject: `CONCAT('user:', ${someone})`,
    reasons: "'[]'",
    request: "'{}'",
    state_before: "'{}'",
    state_after: "'{}'",
    asked_by: someone,
    asked_from: "''",
    status: "'approved'",
    created_at: hoursAgo,
  },
  receipt_texts: {
    upload_id: uploadId,
    text: "''",
    created_at: hoursAgo,
  },
  receipt_marks: {
    mark: "CONCAT('1128@', n % 300)",
    created_at: hoursAgo,
    upload_id: uploadId,
  },
  reading_queue: {
    upload_id: uploadId,
    user_id: someone,
    turn: 'n',
    tries: 'n % 12',
    free_at: 'UTC_TIMESTAMP(3) + INTERVAL n MINUTE',
  },
  audit_log: {
    actor_id: someone,
    action: "CONCAT('action-', n % 20)",
    target: uploadId,
    details: "'{}'",
    created_at: hoursAgo,
  },
  job_runs: {
    job: "CONCAT('job-', n % 9)",
    instance: "'here'",
    started_at: hoursAgo,
    ended_at: hoursAgo,
    rows_done: '0',
  },
}

/** Fills every table that grows, so that the database plans its statements as after months of use. */
export async function fillTables(database: Database): Promise<void> {
  await database.query('CREATE TABLE numbers (n INT PRIMARY KEY)')
  const connection = await database.acquire()
  await connection.query('INSERT INTO numbers VALUES ?', [Array.from({ length: rows }, (_, n) => [n])])
  await connection.query('SET FOREIGN_KEY_CHECKS = 0')
  for (const [table, columns] of Object.entries(columnsOf)) {
    const values = Object.values(columns).join(', ')
    await connection.query(`INSERT INTO ${table} (${Object.keys(columns).join(', ')}) SELECT ${values} FROM numbers`)
    await connection.query(`ANALYZE TABLE ${table}`)
  }
  await connection.query('SET FOREIGN_KEY_CHECKS = 1')
  connection.release()
}
