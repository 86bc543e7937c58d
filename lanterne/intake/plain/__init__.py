"""Files without structure: PDF, images, text, tables of results, and those only kept."""
