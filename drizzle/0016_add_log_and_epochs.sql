CREATE TABLE `draw_turns` (
	`user_id` int NOT NULL,
	`draw_no` bigint NOT NULL,
	`draw_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`epoch` int NOT NULL,
	`chain_id` varchar(16) CHARACTER SET ascii COLLATE ascii_bin,
	`wheel_version` int NOT NULL,
	`wheel_hash` binary(32) NOT NULL,
	`client_seed` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`client_seed_source` enum('field','key','none') NOT NULL,
	`pity_before` int NOT NULL,
	`roll` smallint,
	`prize_id` int NOT NULL,
	`fell_through` boolean NOT NULL,
	`is_near_miss` boolean NOT NULL,
	`points_awarded` int NOT NULL,
	`stock_before` int,
	`stock_leaf` binary(32),
	`previous_leaf` binary(32),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `draw_turns_user_id_draw_no_pk` PRIMARY KEY(`user_id`,`draw_no`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `fair_chains` (
	`chain_id` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`first_epoch` int NOT NULL,
	`announced_at` datetime(3) NOT NULL,
	CONSTRAINT `fair_chains_chain_id` PRIMARY KEY(`chain_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `fair_epoch` (
	`epoch_id` tinyint NOT NULL,
	`epoch` int NOT NULL,
	`business_day` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`chain_id` varchar(16) CHARACTER SET ascii COLLATE ascii_bin,
	`wheel_version` int NOT NULL,
	`wheel_hash` binary(32) NOT NULL,
	`opened_at` datetime(3) NOT NULL,
	`next_at` datetime(3) NOT NULL,
	CONSTRAINT `fair_epoch_epoch_id` PRIMARY KEY(`epoch_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `fair_epochs` (
	`epoch` int NOT NULL,
	`wheel_version` int NOT NULL,
	`chain_id` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`commitment` binary(32) NOT NULL,
	`wheel_hash` binary(32) NOT NULL,
	`pity_limit` int NOT NULL,
	`daily_limit` int NOT NULL,
	`cost_points` int NOT NULL,
	`near_miss_width` int NOT NULL,
	`opened_at` datetime(3) NOT NULL,
	CONSTRAINT `fair_epochs_epoch_wheel_version_pk` PRIMARY KEY(`epoch`,`wheel_version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `log_entries` (
	`entry_id` bigint AUTO_INCREMENT NOT NULL,
	`leaf_count` int NOT NULL,
	`root` binary(32) NOT NULL,
	`leaves` mediumblob NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`log_index` bigint,
	CONSTRAINT `log_entries_entry_id` PRIMARY KEY(`entry_id`),
	CONSTRAINT `log_entries_index` UNIQUE(`log_index`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `log_head` (
	`log_id` tinyint NOT NULL,
	`verifier_key` varchar(300) CHARACTER SET ascii COLLATE ascii_bin,
	`size` bigint NOT NULL,
	`frontier` mediumblob NOT NULL,
	`halted` varchar(40) CHARACTER SET ascii COLLATE ascii_bin,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `log_head_log_id` PRIMARY KEY(`log_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `log_nodes` (
	`level` tinyint NOT NULL,
	`node_index` bigint NOT NULL,
	`hash` binary(32) NOT NULL,
	CONSTRAINT `log_nodes_level_node_index_pk` PRIMARY KEY(`level`,`node_index`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `lottery_pity` ADD `draw_no` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `lottery_pity` ADD `last_leaf` binary(32);--> statement-breakpoint
ALTER TABLE `points_records` ADD `salt` binary(16);--> statement-breakpoint
ALTER TABLE `audit_log` ADD `salt` binary(16);--> statement-breakpoint
CREATE INDEX `log_entries_created_at` ON `log_entries` (`created_at`);
--> statement-breakpoint
UPDATE `lottery_pity` SET `draw_no` = (SELECT COUNT(*) FROM `lottery_records` WHERE `lottery_records`.`user_id` = `lottery_pity`.`user_id`);
