CREATE TABLE `installation` (
	`only` tinyint NOT NULL DEFAULT 1,
	`installation_id` varchar(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`created_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `installation_only` PRIMARY KEY(`only`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
