"""DICOM files: unpacked, read, compared with a patient, drawn. Knows no database."""
