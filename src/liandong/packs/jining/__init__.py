"""The pack of 济宁市, Shandong (济政办字〔2023〕51号): data files only, read by ``liandong.adapters.packs``."""
