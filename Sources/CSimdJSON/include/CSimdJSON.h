int csj_placeholder(void);
