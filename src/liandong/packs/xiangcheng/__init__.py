"""The pack of 相城区, Suzhou (相政办〔2023〕55号): data files only, read by ``liandong.adapters.packs``."""
