CREATE TABLE `prize_movements` (
	`movement_id` bigint AUTO_INCREMENT NOT NULL,
	`prize_id` int NOT NULL,
	`quantity_change` int NOT NULL,
	`operation` enum('opening','adjust','replace','repair') NOT NULL,
	`wheel_version` int NOT NULL,
	`last_record_id` bigint NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `prize_movements_movement_id` PRIMARY KEY(`movement_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `wheel_version_prizes` (
	`version` int NOT NULL,
	`angle` smallint NOT NULL,
	`prize_id` int NOT NULL,
	`prize_name` varchar(100) NOT NULL,
	`prize_type` enum('points','coupon','physical','empty') NOT NULL,
	`prize_value` decimal(10,2) NOT NULL,
	`color` varchar(7) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`probability` decimal(6,4) NOT NULL,
	`is_activity` boolean NOT NULL,
	CONSTRAINT `wheel_version_prizes_version_angle_pk` PRIMARY KEY(`version`,`angle`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `wheel_versions` (
	`version` int NOT NULL,
	`effective_from` datetime(3) NOT NULL,
	`cost_points` int NOT NULL,
	`daily_limit` int NOT NULL,
	`pity_limit` int NOT NULL,
	`pity_prize_id` int NOT NULL,
	`near_miss_width` smallint NOT NULL,
	`made_by` int,
	`made_role` enum('owner','manager','reviewer','cashier','auditor','system'),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `wheel_versions_version` PRIMARY KEY(`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `lottery_records` ADD `took_stock` boolean;--> statement-breakpoint
ALTER TABLE `lottery_wheel` ADD `closed_at` datetime(3);--> statement-breakpoint
ALTER TABLE `lottery_wheel` ADD `last_version` int DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `lottery_wheel` ADD `next_from` datetime(3);--> statement-breakpoint
ALTER TABLE `lottery_wheel` ADD `next_wheel` json;--> statement-breakpoint
ALTER TABLE `prize_movements` ADD CONSTRAINT `prize_movements_prize_id_lottery_prizes_prize_id_fk` FOREIGN KEY (`prize_id`) REFERENCES `lottery_prizes`(`prize_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `wheel_version_prizes` ADD CONSTRAINT `wheel_version_prizes_version_wheel_versions_version_fk` FOREIGN KEY (`version`) REFERENCES `wheel_versions`(`version`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `prize_movements_prize` ON `prize_movements` (`prize_id`,`quantity_change`);