"""Operations on Arrow tables for the formats."""
