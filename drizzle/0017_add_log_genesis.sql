CREATE TABLE `log_genesis` (
	`genesis_id` tinyint NOT NULL,
	`last_ledger_id` bigint NOT NULL,
	`last_stock_id` bigint NOT NULL,
	`last_audit_id` bigint NOT NULL,
	`noted_at` datetime(3) NOT NULL,
	`digest` binary(32),
	CONSTRAINT `log_genesis_genesis_id` PRIMARY KEY(`genesis_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `log_halts` (
	`log_id` tinyint NOT NULL,
	`why` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`halted_at` datetime(3) NOT NULL,
	CONSTRAINT `log_halts_log_id` PRIMARY KEY(`log_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `log_head` DROP COLUMN `halted`;
