print("iperform")
