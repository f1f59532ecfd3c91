import createTables from '../../drizzle/0000_create_tables.sql' with { type: 'text' }
import indexReviewHistory from '../../drizzle/0001_index_review_history.sql' with { type: 'text' }
import numberStockMovements from '../../drizzle/0002_number_stock_movements.sql' with { type: 'text' }
import dropIdleIndexes from '../../drizzle/0003_drop_idle_indexes.sql' with { type: 'text' }
import addSessionRefreshes from '../../drizzle/0004_add_session_refreshes.sql' with { type: 'text' }
import markInstallation from '../../drizzle/0005_mark_installation.sql' with { type: 'text' }
import letRejectedPhotosReturn from '../../drizzle/0006_let_rejected_photos_return.sql' with { type: 'text' }
import indexVouchersByStatus from '../../drizzle/0007_index_vouchers_by_status.sql' with { type: 'text' }
import plainTimeDefaults from '../../drizzle/0008_plain_time_defaults.sql' with { type: 'text' }
import knowDevices from '../../drizzle/0009_know_devices.sql' with { type: 'text' }
import addStaffRoles from '../../drizzle/0010_add_staff_roles.sql' with { type: 'text' }
import approveByTwo from '../../drizzle/0011_approve_by_two.sql' with { type: 'text' }
import keepWheelVersions from '../../drizzle/0012_keep_wheel_versions.sql' with { type: 'text' }
import addReceiptTexts from '../../drizzle/0013_add_receipt_texts.sql' with { type: 'text' }
import addReadingQueue from '../../drizzle/0014_add_reading_queue.sql' with { type: 'text' }
import addReadEvidence from '../../drizzle/0015_add_read_evidence.sql' with { type: 'text' }
import addLogAndEpochs from '../../drizzle/0016_add_log_and_epochs.sql' with { type: 'text' }
import addLogGenesis from '../../drizzle/0017_add_log_genesis.sql' with { type: 'text' }
import addPrizeStockSteps from '../../drizzle/0018_add_prize_stock_steps.sql' with { type: 'text' }
import addOddsOutliers from '../../drizzle/0019_add_odds_outliers.sql' with { type: 'text' }
import addAlerts from '../../drizzle/0020_add_alerts.sql' with { type: 'text' }
import dropOrderCodesIndex from '../../drizzle/0021_drop_order_codes_index.sql' with { type: 'text' }
import indexOrdersByStatus from '../../drizzle/0022_index_orders_by_status.sql' with { type: 'text' }
import addEpochSeeds from '../../drizzle/0023_add_epoch_seeds.sql' with { type: 'text' }

/** A named change of the schema. Once landed it is never edited. */
export interface Migration {
  name: string
  sql: string
}

/** Every migration, in order. They are imported so that the built binary holds them. */
export const migrations: readonly Migration[] = [
  { name: '0000_create_tables', sql: createTables },
  { name: '0001_index_review_history', sql: indexReviewHistory },
  { name: '0002_number_stock_movements', sql: numberStockMovements },
  { name: '0003_drop_idle_indexes', sql: dropIdleIndexes },
  { name: '0004_add_session_refreshes', sql: addSessionRefreshes },
  { name: '0005_mark_installation', sql: markInstallation },
  { name: '0006_let_rejected_photos_return', sql: letRejectedPhotosReturn },
  { name: '0007_index_vouchers_by_status', sql: indexVouchersByStatus },
  { name: '0008_plain_time_defaults', sql: plainTimeDefaults },
  { name: '0009_know_devices', sql: knowDevices },
  { name: '0010_add_staff_roles', sql: addStaffRoles },
  { name: '0011_approve_by_two', sql: approveByTwo },
  { name: '0012_keep_wheel_versions', sql: keepWheelVersions },
  { name: '0013_add_receipt_texts', sql: addReceiptTexts },
  { name: '0014_add_reading_queue', sql: addReadingQueue },
  { name: '0015_add_read_evidence', sql: addReadEvidence },
  { name: '0016_add_log_and_epochs', sql: addLogAndEpochs },
  { name: '0017_add_log_genesis', sql: addLogGenesis },
  { name: '0018_add_prize_stock_steps', sql: addPrizeStockSteps },
  { name: '0019_add_odds_outliers', sql: addOddsOutliers },
  { name: '0020_add_alerts', sql: addAlerts },
  { name: '0021_drop_order_codes_index', sql: dropOrderCodesIndex },
  { name: '0022_index_orders_by_status', sql: indexOrdersByStatus },
  { name: '0023_add_epoch_seeds', sql: addEpochSeeds },
]
