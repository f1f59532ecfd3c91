CREATE TABLE `staff` (
	`user_id` int NOT NULL,
	`role` enum('owner','manager','reviewer','cashier','auditor') NOT NULL,
	`granted_by` int,
	`granted_at` datetime(3) NOT NULL,
	`revoked_at` datetime(3),
	CONSTRAINT `staff_user_id` PRIMARY KEY(`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `audit_log` ADD `system_user` varchar(64);--> statement-breakpoint
ALTER TABLE `audit_log` ADD `address_id` varchar(32) CHARACTER SET ascii COLLATE ascii_bin;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `state_before` json;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `state_after` json;--> statement-breakpoint
ALTER TABLE `staff` ADD CONSTRAINT `staff_user_id_users_user_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`user_id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `staff_role` ON `staff` (`role`);--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`action`,`created_at`);--> statement-breakpoint
INSERT IGNORE INTO `staff` (`user_id`, `role`, `granted_at`) SELECT `user_id`, 'manager', UTC_TIMESTAMP(3) FROM `users` WHERE `is_merchant`;
