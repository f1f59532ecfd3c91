CREATE TABLE `odds_outliers` (
	`user_id` int NOT NULL,
	`draws` int NOT NULL,
	`p_value` double NOT NULL,
	`found_at` datetime(3) NOT NULL,
	CONSTRAINT `odds_outliers_user_id` PRIMARY KEY(`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE INDEX `odds_outliers_p_value` ON `odds_outliers` (`p_value`);