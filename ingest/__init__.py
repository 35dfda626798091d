"""A file becomes passages: readers, OCR, the splitter, the pipeline and the watcher."""
