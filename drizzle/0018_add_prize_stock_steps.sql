CREATE TABLE `prize_stock_steps` (
	`prize_id` int NOT NULL,
	`seq` int NOT NULL,
	`operation` enum('opening','adjust','replace','repair','draw') NOT NULL,
	`quantity_change` int NOT NULL,
	`stock_after` int,
	`previous_leaf` binary(32),
	`leaf` binary(32) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `prize_stock_steps_prize_id_seq_pk` PRIMARY KEY(`prize_id`,`seq`),
	CONSTRAINT `prize_stock_steps_leaf` UNIQUE(`leaf`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `lottery_prizes` ADD `stock_seq` int DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `lottery_prizes` ADD `stock_leaf` binary(32);