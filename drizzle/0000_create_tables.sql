CREATE TABLE `sessions` (
	`session_id` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`user_id` int NOT NULL,
	`generation` int NOT NULL,
	`rotated_at` datetime(3) NOT NULL,
	`repeated` boolean NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`revoked_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `sessions_session_id` PRIMARY KEY(`session_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `sms_codes` (
	`phone` varchar(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`code_hash` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`wrong_tries` int NOT NULL,
	`used_at` datetime(3),
	`sends` json NOT NULL,
	CONSTRAINT `sms_codes_phone` PRIMARY KEY(`phone`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `exchange_records` (
	`exchange_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`exchange_code` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`user_id` int NOT NULL,
	`commodity_id` int NOT NULL,
	`product_name` varchar(100) NOT NULL,
	`product_image` varchar(512),
	`quantity` smallint NOT NULL,
	`total_points` int NOT NULL,
	`status` enum('pending','completed','cancelled','expired') NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`completed_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `exchange_records_exchange_id` PRIMARY KEY(`exchange_id`),
	CONSTRAINT `exchange_records_code` UNIQUE(`exchange_code`),
	CONSTRAINT `exchange_records_quantity` CHECK(quantity BETWEEN 1 AND 99),
	CONSTRAINT `exchange_records_points` CHECK(total_points > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `products` (
	`commodity_id` int AUTO_INCREMENT NOT NULL,
	`name` varchar(100) NOT NULL,
	`description` text,
	`category` varchar(50) NOT NULL,
	`exchange_points` int NOT NULL,
	`stock` int NOT NULL DEFAULT 0,
	`image` varchar(512),
	`status` enum('active','inactive','deleted') NOT NULL DEFAULT 'active',
	`is_hot` boolean NOT NULL DEFAULT false,
	`sort_order` int NOT NULL DEFAULT 0,
	`rating` decimal(2,1) NOT NULL DEFAULT 5,
	`sales_count` int NOT NULL DEFAULT 0,
	`per_user_limit` int,
	`low_stock_threshold` int NOT NULL DEFAULT 10,
	`created_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`updated_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `products_commodity_id` PRIMARY KEY(`commodity_id`),
	CONSTRAINT `products_stock_never_negative` CHECK(stock >= 0),
	CONSTRAINT `products_points_positive` CHECK(exchange_points > 0),
	CONSTRAINT `products_sales_never_negative` CHECK(sales_count >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `stock_movements` (
	`movement_id` bigint AUTO_INCREMENT NOT NULL,
	`commodity_id` int NOT NULL,
	`quantity_change` int NOT NULL,
	`operation` enum('purchase','restock','admin_adjust','cancel','expire') NOT NULL,
	`related_id` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `stock_movements_movement_id` PRIMARY KEY(`movement_id`),
	CONSTRAINT `stock_movements_once` UNIQUE(`related_id`,`operation`),
	CONSTRAINT `stock_movements_change` CHECK(quantity_change <> 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `job_runs` (
	`run_id` bigint AUTO_INCREMENT NOT NULL,
	`job` varchar(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`instance` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`ended_at` datetime(3),
	`rows_done` int,
	`error` text,
	CONSTRAINT `job_runs_run_id` PRIMARY KEY(`run_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `leases` (
	`name` varchar(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`owner` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`fence` bigint NOT NULL,
	`until` datetime(3) NOT NULL,
	CONSTRAINT `leases_name` PRIMARY KEY(`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `lottery_pity` (
	`user_id` int NOT NULL,
	`current_count` int NOT NULL,
	`draws_day` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`draws_today` int NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `lottery_pity_user_id` PRIMARY KEY(`user_id`),
	CONSTRAINT `lottery_pity_never_negative` CHECK(current_count >= 0 AND draws_today >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `lottery_prizes` (
	`prize_id` int AUTO_INCREMENT NOT NULL,
	`prize_name` varchar(100) NOT NULL,
	`prize_type` enum('points','coupon','physical','empty') NOT NULL,
	`prize_value` decimal(10,2) NOT NULL DEFAULT 0,
	`angle` smallint NOT NULL,
	`color` varchar(7) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`probability` decimal(6,4) NOT NULL,
	`is_activity` boolean NOT NULL DEFAULT false,
	`cost_points` int NOT NULL DEFAULT 100,
	`stock_remaining` int,
	`status` enum('active','inactive') NOT NULL DEFAULT 'active',
	`created_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`updated_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `lottery_prizes_prize_id` PRIMARY KEY(`prize_id`),
	CONSTRAINT `lottery_prizes_angle_is_a_sector` CHECK(angle BETWEEN 0 AND 315 AND angle % 45 = 0),
	CONSTRAINT `lottery_prizes_probability_is_one` CHECK(probability BETWEEN 0 AND 1),
	CONSTRAINT `lottery_prizes_color_is_hex` CHECK(color REGEXP '^#[0-9A-F]{6}$'),
	CONSTRAINT `lottery_prizes_stock_never_negative` CHECK(stock_remaining IS NULL OR stock_remaining >= 0),
	CONSTRAINT `lottery_prizes_cost_never_negative` CHECK(cost_points >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `lottery_records` (
	`record_id` bigint AUTO_INCREMENT NOT NULL,
	`draw_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`draw_sequence` smallint NOT NULL,
	`user_id` int NOT NULL,
	`prize_id` int NOT NULL,
	`prize_name` varchar(100) NOT NULL,
	`prize_type` enum('points','coupon','physical','empty') NOT NULL,
	`prize_value` decimal(10,2) NOT NULL,
	`draw_type` enum('single','triple','quintuple','decade') NOT NULL,
	`points_cost` int NOT NULL,
	`points_awarded` int NOT NULL,
	`is_near_miss` boolean NOT NULL,
	`is_pity` boolean NOT NULL,
	`roll` smallint,
	`wheel_version` int NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `lottery_records_record_id` PRIMARY KEY(`record_id`),
	CONSTRAINT `lottery_records_draw` UNIQUE(`draw_id`,`draw_sequence`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `lottery_wheel` (
	`wheel_id` int NOT NULL,
	`version` int NOT NULL,
	`pity_prize_id` int NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `lottery_wheel_wheel_id` PRIMARY KEY(`wheel_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`audit_id` bigint AUTO_INCREMENT NOT NULL,
	`actor_id` int,
	`action` varchar(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`target` varchar(64) NOT NULL,
	`details` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `audit_log_audit_id` PRIMARY KEY(`audit_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `check_ins` (
	`user_id` int NOT NULL,
	`business_day` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`streak_days` int NOT NULL,
	`points` int NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `check_ins_user_id_business_day_pk` PRIMARY KEY(`user_id`,`business_day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `points_records` (
	`record_id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` int NOT NULL,
	`seq` int NOT NULL,
	`points` int NOT NULL,
	`type` enum('earn','spend') NOT NULL,
	`source` enum('register','lottery','exchange','exchange_cancel','photo_upload','check_in','admin') NOT NULL,
	`related_id` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`description` varchar(255) NOT NULL,
	`balance_after` int NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `points_records_record_id` PRIMARY KEY(`record_id`),
	CONSTRAINT `points_records_user_seq` UNIQUE(`user_id`,`seq`),
	CONSTRAINT `points_records_once` UNIQUE(`related_id`,`source`,`type`),
	CONSTRAINT `points_records_sign` CHECK((type = 'earn' AND points > 0) OR (type = 'spend' AND points < 0)),
	CONSTRAINT `points_records_balance_never_negative` CHECK(balance_after >= 0),
	CONSTRAINT `points_records_seq_from_one` CHECK(seq >= 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `upload_reviews` (
	`upload_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`user_id` int NOT NULL,
	`image_key` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`image_sha256` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`image_phash` varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
	`input_amount_fen` int,
	`recognized_amount_fen` int,
	`read_paid_at` varchar(19) CHARACTER SET ascii COLLATE ascii_bin,
	`read_merchant` varchar(100),
	`read_number` varchar(64),
	`reviewed_amount_fen` int,
	`estimated_points` int NOT NULL,
	`flags` json NOT NULL,
	`review_status` enum('pending','approved','rejected','expired') NOT NULL,
	`points_awarded` int NOT NULL DEFAULT 0,
	`review_reason` varchar(200),
	`reviewer_id` int,
	`review_time` datetime(3),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `upload_reviews_upload_id` PRIMARY KEY(`upload_id`),
	CONSTRAINT `upload_reviews_user_image` UNIQUE(`user_id`,`image_sha256`),
	CONSTRAINT `upload_reviews_image_key` UNIQUE(`image_key`),
	CONSTRAINT `upload_reviews_points` CHECK(points_awarded >= 0 AND estimated_points >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`owner` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`idem_key` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`operation` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`fingerprint` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`answer` mediumtext NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `idempotency_keys_owner_idem_key_pk` PRIMARY KEY(`owner`,`idem_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `till_lanes` (
	`lane` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`batch` bigint NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `till_lanes_lane` PRIMARY KEY(`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `users` (
	`user_id` int AUTO_INCREMENT NOT NULL,
	`mobile` varchar(11) NOT NULL,
	`total_points` int NOT NULL DEFAULT 0,
	`ledger_seq` int NOT NULL DEFAULT 0,
	`nickname` varchar(50) NOT NULL DEFAULT '',
	`is_merchant` boolean NOT NULL DEFAULT false,
	`status` enum('active','inactive','banned') NOT NULL DEFAULT 'active',
	`avatar` varchar(512),
	`last_login` datetime(3),
	`wx_openid` varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
	`device_info` json,
	`created_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`updated_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `users_user_id` PRIMARY KEY(`user_id`),
	CONSTRAINT `users_mobile` UNIQUE(`mobile`),
	CONSTRAINT `users_wx_openid` UNIQUE(`wx_openid`),
	CONSTRAINT `users_points_never_negative` CHECK(total_points >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `vouchers` (
	`code` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`kind` enum('product','prize') NOT NULL,
	`user_id` int NOT NULL,
	`source_id` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`title` varchar(100) NOT NULL,
	`quantity` smallint NOT NULL,
	`status` enum('active','redeemed','cancelled','expired') NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`redeemed_at` datetime(3),
	`redeemed_by` int,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `vouchers_code` PRIMARY KEY(`code`),
	CONSTRAINT `vouchers_source` UNIQUE(`source_id`),
	CONSTRAINT `vouchers_quantity` CHECK(quantity >= 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `sessions` ADD CONSTRAINT `sessions_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `exchange_records` ADD CONSTRAINT `exchange_records_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `exchange_records` ADD CONSTRAINT `exchange_records_commodity_id_products_commodity_id_fk` FOREIGN KEY (`commodity_id`) REFERENCES `products`(`commodity_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `stock_movements` ADD CONSTRAINT `stock_movements_commodity_id_products_commodity_id_fk` FOREIGN KEY (`commodity_id`) REFERENCES `products`(`commodity_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `lottery_pity` ADD CONSTRAINT `lottery_pity_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `lottery_records` ADD CONSTRAINT `lottery_records_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `lottery_records` ADD CONSTRAINT `lottery_records_prize_id_lottery_prizes_prize_id_fk` FOREIGN KEY (`prize_id`) REFERENCES `lottery_prizes`(`prize_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `check_ins` ADD CONSTRAINT `check_ins_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `points_records` ADD CONSTRAINT `points_records_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD CONSTRAINT `upload_reviews_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD CONSTRAINT `upload_reviews_reviewer_id_users_user_id_fk` FOREIGN KEY (`reviewer_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `vouchers` ADD CONSTRAINT `vouchers_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `vouchers` ADD CONSTRAINT `vouchers_redeemed_by_users_user_id_fk` FOREIGN KEY (`redeemed_by`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expires_at` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sms_codes_expires_at` ON `sms_codes` (`expires_at`);--> statement-breakpoint
CREATE INDEX `exchange_records_user` ON `exchange_records` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `exchange_records_user_product` ON `exchange_records` (`user_id`,`commodity_id`,`status`,`quantity`);--> statement-breakpoint
CREATE INDEX `exchange_records_due` ON `exchange_records` (`status`,`expires_at`);--> statement-breakpoint
CREATE INDEX `exchange_records_created_at` ON `exchange_records` (`created_at`,`total_points`);--> statement-breakpoint
CREATE INDEX `products_status_sort` ON `products` (`status`,`sort_order`);--> statement-breakpoint
CREATE INDEX `products_category` ON `products` (`category`);--> statement-breakpoint
CREATE INDEX `stock_movements_product` ON `stock_movements` (`commodity_id`,`quantity_change`);--> statement-breakpoint
CREATE INDEX `job_runs_job` ON `job_runs` (`job`,`started_at`);--> statement-breakpoint
CREATE INDEX `lottery_prizes_angle` ON `lottery_prizes` (`angle`);--> statement-breakpoint
CREATE INDEX `lottery_prizes_probability` ON `lottery_prizes` (`probability`);--> statement-breakpoint
CREATE INDEX `lottery_prizes_status` ON `lottery_prizes` (`status`);--> statement-breakpoint
CREATE INDEX `lottery_prizes_status_probability` ON `lottery_prizes` (`status`,`probability`);--> statement-breakpoint
CREATE INDEX `lottery_records_user` ON `lottery_records` (`user_id`,`record_id`);--> statement-breakpoint
CREATE INDEX `lottery_records_created_at` ON `lottery_records` (`created_at`,`points_cost`);--> statement-breakpoint
CREATE INDEX `lottery_records_prize` ON `lottery_records` (`prize_id`,`wheel_version`,`is_pity`,`points_cost`,`points_awarded`);--> statement-breakpoint
CREATE INDEX `audit_log_created_at` ON `audit_log` (`created_at`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `audit_log_target` ON `audit_log` (`target`);--> statement-breakpoint
CREATE INDEX `points_records_created_at` ON `points_records` (`created_at`);--> statement-breakpoint
CREATE INDEX `upload_reviews_user` ON `upload_reviews` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `upload_reviews_status` ON `upload_reviews` (`review_status`,`created_at`);--> statement-breakpoint
CREATE INDEX `upload_reviews_created_at` ON `upload_reviews` (`created_at`);--> statement-breakpoint
CREATE INDEX `upload_reviews_review_time` ON `upload_reviews` (`review_time`,`review_status`,`points_awarded`,`created_at`);--> statement-breakpoint
CREATE INDEX `upload_reviews_status_time` ON `upload_reviews` (`review_status`,`review_time`);--> statement-breakpoint
CREATE INDEX `upload_reviews_reviewer` ON `upload_reviews` (`reviewer_id`,`review_time`,`review_status`,`points_awarded`);--> statement-breakpoint
CREATE INDEX `upload_reviews_sha256` ON `upload_reviews` (`image_sha256`);--> statement-breakpoint
CREATE INDEX `upload_reviews_number` ON `upload_reviews` (`read_number`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_created_at` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE INDEX `users_status` ON `users` (`status`);--> statement-breakpoint
CREATE INDEX `users_is_merchant` ON `users` (`is_merchant`);--> statement-breakpoint
CREATE INDEX `users_is_merchant_status` ON `users` (`is_merchant`,`status`);--> statement-breakpoint
CREATE INDEX `users_created_at` ON `users` (`created_at`);--> statement-breakpoint
CREATE INDEX `vouchers_user` ON `vouchers` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `vouchers_due` ON `vouchers` (`status`,`expires_at`);