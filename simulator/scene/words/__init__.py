"""The words of the screens, in Korean and English."""
